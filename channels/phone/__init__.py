"""Telephone lines: each turns its own protocol into a `core.call_ports.MediaTransport`.

A line carries media and nothing else: it never paces (the call session does), and it knows no model.
"""

from channels.phone.lines import PhoneLines

__all__ = ["PhoneLines"]
