"""The self-check and requests for help: what a phone is told at once, and what a community is asked to do."""
