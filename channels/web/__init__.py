"""The web channel: HTTP and WebSocket API, OpenAPI document and the chat widget."""

from channels.web.app import make_app
from channels.web.channel import WebChannel
from channels.web.house import AdminViews, House
from channels.web.tokens import load_key

__all__ = ["AdminViews", "House", "WebChannel", "load_key", "make_app"]
