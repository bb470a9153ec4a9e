"""Speech recognition: one backend a file."""
