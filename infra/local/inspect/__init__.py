"""`nanhai inspect`: a look into a running local platform, through the store as its functions use it."""
