"""What goes over everybody: sweeps and dry runs in segments, and the records that could not be applied."""
