"""What follows a write: recolouring, counting, telling; replaying any of it is harmless."""
