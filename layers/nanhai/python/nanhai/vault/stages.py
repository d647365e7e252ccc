"""Where a local adapter may start: a key file, a file register, a movable clock, test keys."""

LOCAL_STAGES = frozenset({"local", "test"})
