"""SIP messages over UDP and TCP, on one port."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aiosipua import SipMessage, SipRequest, SipResponse

from channels.phone.listening import cannot_listen

log = logging.getLogger(__name__)

_PING, _PONG = b"\r\n\r\n", b"\r\n"
"""Keep-alive of RFC 5626, section 4.4.1."""
_HEADER_BYTES = 64_000
_BODY_BYTES = 64_000
_UNREAD_BYTES = 64_000
_STREAMS = 128
"""TCP connections at a time."""
_PORT_TRIES = 20
_LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Peer:
    """Where messages come from or go to."""

    host: str
    port: int
    transport: Literal["UDP", "TCP"] = "UDP"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


OnMessage = Callable[[SipRequest | SipResponse, Peer], None]


class Wire(asyncio.DatagramProtocol):
    """Carry SIP messages to and from anybody."""

    def __init__(self, host: str, port: int, *, on_message: OnMessage) -> None:
        """Listen on `host`:`port` (0 = any port that is free for both) once it is opened."""
        self._host = host
        self.port = port
        self._on_message = on_message
        self._datagrams: asyncio.DatagramTransport | None = None
        self._server: asyncio.Server | None = None
        self._streams: dict[Peer, asyncio.StreamWriter] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to listen; raises `ConfigError` when the port is in use."""
        wanted = self.port
        for attempt in range(_PORT_TRIES):
            try:
                await self._open_both(wanted)
                return
            except OSError as error:
                if self._datagrams:
                    self._datagrams.close()
                if wanted or attempt == _PORT_TRIES - 1:
                    raise cannot_listen("sip", self._host, wanted, error) from error

    async def _open_both(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self._host, port))
        self.port = self._datagrams.get_extra_info("sockname")[1]
        self._server = await asyncio.start_server(self._accept, self._host, self.port, limit=_HEADER_BYTES)

    async def close(self) -> None:
        """Stop listening; what was sent is still written."""
        if self._datagrams:
            self._datagrams.close()
        if self._server:
            self._server.close()
        for reading in self._reading:
            reading.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def reach(self, peer: Peer) -> None:
        """Connect to a TCP peer, unless it is connected; raises `OSError` when it is not there."""
        if peer.transport == "TCP" and peer not in self._streams:
            self._read_from(*await asyncio.open_connection(peer.host, peer.port, limit=_HEADER_BYTES), peer)

    def send(self, message: SipRequest | SipResponse, peer: Peer) -> None:
        """Send a message; one to a TCP peer that is gone is dropped, as a datagram would be."""
        data = bytes(message)
        if peer.transport == "UDP":
            if self._datagrams and not self._datagrams.is_closing():
                self._datagrams.sendto(data, (peer.host, peer.port))
        elif stream := self._streams.get(peer):
            stream.write(data)
            if stream.transport.get_write_buffer_size() > _UNREAD_BYTES:
                log.warning("SIP connection of %s was closed: it does not read", peer)
                stream.transport.abort()

    def ping(self, peer: Peer) -> None:
        """Send what keeps the way to a peer open through NAT (RFC 5626, section 3.5.1)."""
        if peer.transport == "UDP" and self._datagrams:
            self._datagrams.sendto(_PING, (peer.host, peer.port))
        elif stream := self._streams.get(peer):
            stream.write(_PING)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Do nothing: `open` keeps the transport."""

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Take a datagram in; called by asyncio."""
        if data == _PING and self._datagrams:
            self._datagrams.sendto(_PONG, address)
        self._take(data, Peer(address[0], address[1]))

    def error_received(self, error: Exception) -> None:
        """Go on: the datagram was for somebody who is not there, and who waits for the answer will notice."""
        log.debug("SIP over UDP: %s", error)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("peername")
        if address is None or len(self._streams) >= _STREAMS:
            writer.transport.abort()
            return
        self._read_from(reader, writer, Peer(address[0], address[1], "TCP"))

    def _read_from(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: Peer) -> None:
        self._streams[peer] = writer
        reading = asyncio.get_running_loop().create_task(self._read(reader, writer, peer))
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: Peer) -> None:
        try:
            while data := await _read_message(reader, writer):
                self._take(data, peer)
        except asyncio.IncompleteReadError:
            pass
        except (OSError, ValueError, asyncio.LimitOverrunError) as error:
            log.warning("SIP connection of %s was closed: %s", peer, error)
        finally:
            del self._streams[peer]
            writer.close()

    def _take(self, data: bytes, peer: Peer) -> None:
        if not data.strip(b"\r\n\0 \t"):
            return  # keep-alives of NAT
        try:
            self._on_message(SipMessage.parse(data), peer)
        except (ValueError, LookupError) as error:
            log.warning("a SIP message from %s was dropped: %s", peer, error)
        except Exception:
            log.exception("a SIP message from %s brought a fault to light", peer)


async def _read_message(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Return the next message of a connection; raises `ValueError` where its length cannot be believed."""
    while not (head := await reader.readuntil(b"\r\n\r\n")).strip():
        writer.write(_PONG)
    length = _LENGTH.search(head)
    if length is None:
        raise ValueError("a message without Content-Length, which TCP needs")
    if int(length[1]) > _BODY_BYTES:
        raise ValueError(f"a message of {int(length[1])} bytes")
    return head + await reader.readexactly(int(length[1]))
