"""Telling whether who paused has finished."""
