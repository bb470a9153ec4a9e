"""A telephone call, held over any `core.call_ports.MediaTransport`."""

from voice.call.session import CallSession

__all__ = ["CallSession"]
