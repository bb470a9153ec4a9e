"""The clerk as tools of the Model Context Protocol, https://modelcontextprotocol.io: for other assistants."""

from channels.mcp.server import make_server

__all__ = ["make_server"]
