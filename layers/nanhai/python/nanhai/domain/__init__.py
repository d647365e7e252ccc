"""The rules, pure: standard library only, no I/O, no clock, no environment. Time, randomness and keys are arguments."""
