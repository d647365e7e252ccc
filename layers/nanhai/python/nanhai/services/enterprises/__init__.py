"""Enterprises: what they file to resume work, whom they employ, and how their people are each morning."""
