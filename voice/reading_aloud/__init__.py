"""Text as written becomes text as said."""

from voice.reading_aloud.aloud import aloud

__all__ = ["aloud"]
