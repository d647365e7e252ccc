"""Rounds of masks: made, entered, drawn for all to see, reserved, handed out, and what was not fetched passed on."""
