"""Business that a colleague settles: the facts are collected, read out, and written down as a ticket."""
