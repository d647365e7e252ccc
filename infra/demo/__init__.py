"""The story of one pass, played over HTTP on a throw-away platform: `make demo`."""
