"""Replies: templates per language and channel."""
