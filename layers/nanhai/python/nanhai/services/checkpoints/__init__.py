"""What happens at a gate: checking passes, one or a batch, and what gates need to check without a network."""
