"""Addresses to listen on: who reaches them, and when it cannot be done."""

from __future__ import annotations

import ipaddress
import socket

from core.errors import ConfigError


def is_free(host: str, port: int) -> bool:
    """Return whether nobody listens on a port, over UDP or TCP."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(family, kind) as probe:
            try:
                if kind is socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
            except OSError:
                return False
    return True


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
