"""What the public client is served."""
