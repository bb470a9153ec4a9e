"""Where others find us, and where we find them."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

from aiosipua import SipUri, parse_uri, stringify_uri

from channels.phone.sip.wire import Peer

SIP_PORT = 5060


@dataclass(frozen=True, slots=True)
class Here:
    """Our address as one peer sees it."""

    host: str
    port: int
    peer: Peer

    @property
    def uri(self) -> str:
        """Return our SIP address."""
        params: dict[str, str | None] = {"transport": "tcp"} if self.peer.transport == "TCP" else {}
        return stringify_uri(SipUri(user="clerk", host=self.host, port=self.port, params=params))


def seen_from(peer: Peer, bound: str, port: int, public: str) -> Here:
    """Return our address for `peer`: the public one that is set, or the one that the way to the peer begins at."""
    if public:
        host, _, outside = public.rpartition(":") if public.count(":") == 1 else (public, "", "")
        return Here(host, int(outside) if outside else port, peer)
    if not ipaddress.ip_address(bound).is_unspecified:
        return Here(bound, port, peer)
    with socket.socket(socket.AF_INET6 if ":" in peer.host else socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect((peer.host, peer.port or SIP_PORT))  # sends nothing, asks the system for its route
        return Here(way.getsockname()[0], port, peer)


async def find(uri: str, *, bound: str) -> Peer:
    """Return where a SIP address is; raises `OSError` when its host is unknown."""
    parsed = parse_uri(uri)
    family = socket.AF_INET6 if ":" in bound else socket.AF_INET
    host, port = parsed.host.strip("[]"), parsed.port or SIP_PORT
    found = await asyncio.get_running_loop().getaddrinfo(host, port, family=family, type=socket.SOCK_DGRAM)
    is_tcp = (parsed.params.get("transport") or "").lower() == "tcp"
    return Peer(str(found[0][4][0]), port, "TCP" if is_tcp else "UDP")
