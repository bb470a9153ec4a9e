"""A simulated caller: holds calls with the clerk over a made-up line, listens, and measures."""
