"""Web pages are fetched from public addresses only, whatever a name or a redirect says."""

from __future__ import annotations

import gzip
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import web

from core.errors import DocumentError
from ui.page_fetch import Address, fetch, is_public

LOCAL = ipaddress.ip_address("127.0.0.1")


@dataclass
class Site:
    base: str
    served: list[str]


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    """Serve pages on this machine."""
    served: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        served.append(f"{request.host.partition(':')[0]}{request.path}")
        pages: dict[str, Callable[[], web.Response]] = {
            "/page": lambda: web.Response(text="<p>包邮</p>", content_type="text/html", charset="gb18030"),
            "/inside": lambda: web.Response(status=302, headers={"Location": "http://10.0.0.5/admin"}),
            "/metadata": lambda: web.Response(status=301, headers={"Location": "http://169.254.169.254/latest"}),
            "/file": lambda: web.Response(status=302, headers={"Location": "file:///etc/hostname"}),
            "/twice": lambda: web.Response(status=302, headers={"Location": "/page"}),
            "/circle": lambda: web.Response(status=302, headers={"Location": "/circle"}),
            "/large": lambda: web.Response(body=b"x" * 200_000, content_type="text/html"),
            "/bomb": lambda: web.Response(
                body=gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"}, content_type="text/html"
            ),
            "/picture": lambda: web.Response(body=b"...", content_type="image/png"),
        }
        return pages[request.path]() if request.path in pages else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    port = runner.addresses[0][1]
    yield Site(f"http://shop.example:{port}", served)
    await runner.cleanup()


def at(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[Address]]]:
    """Return a resolver that knows every name and gives these addresses, one after the other."""
    left = list(addresses)

    async def resolve(host: str, _port: int) -> Sequence[Address]:
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            return [ipaddress.ip_address(left.pop(0) if len(left) > 1 else left[0])]

    return resolve


def local_too(address: Address) -> bool:
    return address == LOCAL or is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0",  # noqa: S104 - refused
     "168.63.129.16", "224.0.0.1", "::1", "fe80::1", "fd00:ec2::254", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
     "2002:7f00:1::"],
)  # fmt: skip
def test_an_address_that_only_this_machine_reaches_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


async def test_a_page_comes_with_its_type_and_encoding(site: Site) -> None:
    page = await fetch(f"{site.base}/twice", may_reach=local_too, resolve=at("127.0.0.1"))
    assert (page.data.decode("gb18030"), page.media_type, page.charset) == ("<p>包邮</p>", "text/html", "gb18030")
    assert page.url.endswith("/page") and page.url.startswith("http://shop.example:")
    assert site.served == ["shop.example/twice", "shop.example/page"], "the server is asked by its name"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/inside", "10.0.0.5, which is no public address"),
        ("/metadata", "169.254.169.254, which is no public address"),
        ("/file", "only http:// and https://"),
        ("/circle", "more than 5 redirects"),
        ("/large", "more than 0.0"),
        ("/bomb", "more than 0.0"),
        ("/picture", "image/png is no text"),
        ("/missing", "answered 404"),
    ],
)
async def test_what_must_not_or_cannot_be_fetched_says_why(site: Site, path: str, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        await fetch(f"{site.base}{path}", may_reach=local_too, resolve=at("127.0.0.1"), most_bytes=100_000)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "http://2130706433/"])
async def test_this_machine_is_not_asked(url: str) -> None:
    with pytest.raises(DocumentError):
        await fetch(url)


@pytest.mark.parametrize("url", ["ftp://shop.example/a", "file:///etc/hostname", "http://", "http://a:b@shop.example/"])
async def test_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(DocumentError):
        await fetch(url, resolve=at("93.184.216.34"))


async def test_a_name_that_changes_its_address_is_reached_where_it_was_checked(site: Site) -> None:
    """A second look-up within one request is what rebinding lives on; there is none, and every request checks anew."""
    looked_up: list[str] = []
    answers = at("127.0.0.1", "10.0.0.9")

    async def resolve(host: str, port: int) -> Sequence[Address]:
        looked_up.append(host)
        return await answers(host, port)

    page = await fetch(f"{site.base}/page", may_reach=local_too, resolve=resolve)
    assert page.data and looked_up == ["shop.example"]
    with pytest.raises(DocumentError, match=r"10\.0\.0\.9"):
        await fetch(f"{site.base}/page", may_reach=local_too, resolve=resolve)


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return [ipaddress.ip_address("93.184.216.34"), ipaddress.ip_address("10.0.0.1")]

    with pytest.raises(DocumentError, match=r"10\.0\.0\.1"):
        await fetch("https://shop.example/", resolve=resolve)


async def test_a_server_that_never_ends_is_left(site: Site) -> None:
    async def never(_host: str, _port: int) -> Sequence[Address]:
        import asyncio

        await asyncio.sleep(60)
        return []

    with pytest.raises(DocumentError, match="no complete answer within"):
        await fetch(f"{site.base}/page", resolve=never, timeout_s=0.05)
