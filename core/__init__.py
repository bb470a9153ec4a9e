"""The conversation engine: knows no channel, no web and no model library."""
