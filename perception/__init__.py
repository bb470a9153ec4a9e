"""Hearing and seeing: media safety, speech recognition, product photos."""
