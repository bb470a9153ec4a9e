"""Media safety: the only way in for photos and recordings, and the way back out of the store."""

from perception.media.door import Door, MediaLimits
from perception.media.stored import load_picture, load_small_jpeg, load_speech

__all__ = ["Door", "MediaLimits", "load_picture", "load_small_jpeg", "load_speech"]
