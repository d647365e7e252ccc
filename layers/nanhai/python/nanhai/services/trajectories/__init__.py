"""Trajectories: the 14-day lookup, what operators deliver, what follows from it, and who was together with a case."""
