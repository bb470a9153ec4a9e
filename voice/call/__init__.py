"""A telephone call, held over any `core.ports.MediaTransport`."""

from voice.call.session import CallSession

__all__ = ["CallSession"]
