"""How a call ends."""

from __future__ import annotations


class CallEnded(Exception):
    """The call is over; the message says why."""
