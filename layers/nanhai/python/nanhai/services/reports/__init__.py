"""Reports of what may be a public health event."""
