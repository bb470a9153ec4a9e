"""Text to speech, one file per model family."""
