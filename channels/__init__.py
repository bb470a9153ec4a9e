"""Web, Telegram and phone: each turns its own world into messages and replies."""
