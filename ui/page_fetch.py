"""Fetch a web page for the knowledge base, and nothing that only this machine can reach.

A page's address comes from people and from redirects. Only http and https are followed; each host is
resolved here, every address it has must be public, and the connection goes to the very address that was
checked, so that a name which resolves differently a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import httpx

from core.errors import DocumentError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[Address]]]

MOST_BYTES = 10 * 2**20
"""Of one page, unpacked."""
_TIMEOUT_S = 30.0
"""For all of it, redirects included."""
_REDIRECTS = 5
_READABLE = ("text/", "application/xhtml", "application/pdf", "application/json", "application/vnd.openxmlformats")
_AZURE_WIRE = ipaddress.ip_address("168.63.129.16")
"""The one metadata service that answers at a public address."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page as it came."""

    url: str
    """Where the redirects ended."""
    data: bytes
    media_type: str
    charset: str


def is_public(address: Address) -> bool:
    """Return whether anyone on the internet could reach an address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None,))[0]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and address != _AZURE_WIRE


async def resolved(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a host by the system's resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))


async def fetch(
    url: str,
    *,
    may_reach: Callable[[Address], bool] = is_public,
    resolve: Resolve = resolved,
    most_bytes: int = MOST_BYTES,
    timeout_s: float = _TIMEOUT_S,
) -> Fetched:
    """Return the page at `url`; raises `DocumentError` saying what was refused or failed."""
    transport = _Checked(may_reach, resolve)
    try:
        async with (
            asyncio.timeout(timeout_s),
            httpx.AsyncClient(
                transport=transport, trust_env=False, follow_redirects=False, timeout=timeout_s
            ) as client,
        ):
            return await _follow(client, url, most_bytes)
    except TimeoutError as error:
        raise DocumentError(f"{url}: no complete answer within {timeout_s:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, zlib.error) as error:
        raise DocumentError(f"{url}: could not be fetched ({error or type(error).__name__})") from error


async def _follow(client: httpx.AsyncClient, url: str, most_bytes: int) -> Fetched:
    at = httpx.URL(url)
    for _ in range(_REDIRECTS + 1):
        _refuse_odd(at)
        # Packed answers are asked not to come: a page that unpacks to gigabytes would otherwise be easy to send.
        async with client.stream("GET", at, headers={"Accept-Encoding": "identity"}) as answer:
            if answer.is_redirect and "location" in answer.headers:
                at = at.join(answer.headers["location"])
                continue
            if answer.status_code != httpx.codes.OK:
                raise DocumentError(f"{at}: the server answered {answer.status_code} {answer.reason_phrase}")
            media_type = answer.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
            if not media_type.startswith(_READABLE):
                raise DocumentError(f"{at}: {media_type} is no text; HTML, PDF, DOCX, CSV, JSON or text is expected")
            data = await _limited(answer, most_bytes, str(at))
            return Fetched(url=str(at), data=data, media_type=media_type, charset=answer.charset_encoding or "")
    raise DocumentError(f"{url}: more than {_REDIRECTS} redirects")


def _refuse_odd(url: httpx.URL) -> None:
    if url.scheme not in ("http", "https") or not url.host:
        raise DocumentError(f"{url}: only http:// and https:// addresses are fetched")
    if url.userinfo:
        raise DocumentError(f"{url.copy_with(userinfo=b'')}: an address with a password in it is not fetched")


async def _limited(answer: httpx.Response, most_bytes: int, url: str) -> bytes:
    data = bytearray()
    async for piece in _unpacked(answer, most_bytes):
        data += piece
        if len(data) > most_bytes:
            raise DocumentError(f"{url}: more than {most_bytes / 2**20:g} MB; download it and import its parts")
    return bytes(data)


async def _unpacked(answer: httpx.Response, most_bytes: int) -> AsyncIterator[bytes]:
    packing = answer.headers.get("content-encoding", "identity").lower()
    if packing in ("", "identity"):
        async for piece in answer.aiter_raw():
            yield piece
        return
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise DocumentError(f"{answer.url}: the server insists on packing the page as {packing}")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    async for piece in answer.aiter_raw():
        yield unpack.decompress(piece, most_bytes + 1)


class _Checked(httpx.AsyncBaseTransport):
    """Connect to the address that was checked, whatever the name resolves to afterwards."""

    def __init__(self, may_reach: Callable[[Address], bool], resolve: Resolve) -> None:
        self._may_reach, self._resolve = may_reach, resolve
        # A kept connection belongs to an address here, and another host may live at the same one.
        self._plain = httpx.AsyncHTTPTransport(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = await self._resolve(host, port)
        refused = [address for address in addresses if not self._may_reach(address)]
        if refused or not addresses:
            where = f"is at {refused[0]}, which is no public address" if refused else "has no address"
            raise DocumentError(f"{request.url}: {host} {where}: not fetched")
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=str(addresses[0]))
        return await self._plain.handle_async_request(request)

    async def aclose(self) -> None:
        await self._plain.aclose()
