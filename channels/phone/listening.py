"""Addresses to listen on: who reaches them, and when it cannot be done."""

from __future__ import annotations

import ipaddress

from core.errors import ConfigError


def cannot_listen(door: str, host: str, port: int, error: OSError) -> ConfigError:
    """Return the error that names the settings of a door ("audiosocket", "twilio") and what to do."""
    return ConfigError(
        f"phone.{door}_host = {host!r}, phone.{door}_port = {port}: cannot listen there ({error.strerror or error}); "
        f"is another program using the port? Set ZHANGGUI_PHONE__{door.upper()}_PORT to a free one"
    )


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
