"""A district that does not exist: its towers, what operators tell of its people's phones for some days, the truth."""
