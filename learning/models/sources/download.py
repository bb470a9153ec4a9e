"""A download that goes on where it was cut off."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from learning.models.sources import SourceError, Tell, UnreachableError

_TIMEOUT = httpx.Timeout(60, connect=10)
_ATTEMPTS = 5
"""Each goes on where the one before was cut off."""


class _CutOffError(Exception):
    """The transfer broke in a way that trying again may mend."""


def _welcome_any(response: httpx.Response) -> None:
    """Accept whatever a server offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What to get: an address and all that is known of the bytes behind it."""

    url: str
    what: str
    """Its name in progress and errors."""
    sha256: str = ""
    """Of the whole; empty where nobody says."""
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: tuple[str, str] | None = None
    check: Callable[[httpx.Response], None] = _welcome_any
    """Looks at the headers before the bytes are taken; raises `SourceError` to refuse them."""
    pause_s: float = 0.5
    """Before the second attempt; it doubles."""


def client(cert: Path | None = None) -> httpx.Client:
    """Return an HTTP client that trusts the usual authorities and those in the file `cert`."""
    trust: ssl.SSLContext = httpx.create_ssl_context()
    if cert is not None:
        trust.load_verify_locations(cafile=str(cert))
    return httpx.Client(verify=trust, timeout=_TIMEOUT, follow_redirects=True, headers={"User-Agent": "zhanggui"})


def fetch(http: httpx.Client, wanted: Download, into: Path, tell: Tell) -> None:
    """Download to `into`, which appears only when it is whole; until then the bytes lie in INTO.part.

    Resumes with HTTP ranges (RFC 9110, section 14). A hash that does not fit after a resumed transfer is
    tried once more from the start. Raises `SourceError`, or `UnreachableError` when nobody answered.
    """
    part = into.with_name(into.name + ".part")
    resumed = part.exists()
    _transfer(http, wanted, part, tell)
    if not _is_right(part, wanted.sha256) and resumed:
        part.unlink()
        _transfer(http, wanted, part, tell)
    if not _is_right(part, wanted.sha256):
        part.unlink()
        raise SourceError(f"{wanted.what} came with another sha256 than {wanted.sha256}")
    part.replace(into)


def _is_right(path: Path, sha256: str) -> bool:
    return not sha256 or digest(path) == sha256


def digest(path: Path) -> str:
    """Return the sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _transfer(http: httpx.Client, wanted: Download, part: Path, tell: Tell) -> None:
    retrying = Retrying(
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_exponential(multiplier=wanted.pause_s, max=10),
        retry=retry_if_exception_type(_CutOffError),
    )
    try:
        retrying(_attempt, http, wanted, part, tell)
    except RetryError as error:
        raise SourceError(f"{wanted.what}: {error.last_attempt.exception()}, {_ATTEMPTS} times") from error


def _attempt(http: httpx.Client, wanted: Download, part: Path, tell: Tell) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity", **wanted.headers}
    if have:
        headers["Range"] = f"bytes={have}-"
    auth = wanted.auth or httpx.USE_CLIENT_DEFAULT
    try:
        with http.stream("GET", wanted.url, headers=headers, auth=auth) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return  # nothing is left to fetch: the hash decides whether what we have is right
            _judge(response, wanted)
            _append(response, part, have if response.status_code == httpx.codes.PARTIAL_CONTENT else 0, wanted, tell)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise UnreachableError(f"{httpx.URL(wanted.url).host} does not answer ({error})") from error
    except httpx.TransportError as error:
        raise _CutOffError(f"the transfer broke ({type(error).__name__}: {error})") from error
    except httpx.HTTPError as error:
        raise SourceError(f"{wanted.what}: {error}") from error


def _judge(response: httpx.Response, wanted: Download) -> None:
    status = response.status_code
    if status in {httpx.codes.TOO_MANY_REQUESTS} or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise _CutOffError(f"{response.url.host} answered {status}")
    if status not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        raise SourceError(f"{response.url.host} answered {status} for {wanted.what}")
    wanted.check(response)


def _append(response: httpx.Response, part: Path, have: int, wanted: Download, tell: Tell) -> None:
    rest = response.headers.get("Content-Length")
    total = have + int(rest) if rest else None
    with part.open("ab" if have else "wb") as file:
        for chunk in response.iter_bytes():  # as it comes: a chunk size would lose its last piece when the line breaks
            file.write(chunk)
            have += len(chunk)
            tell(wanted.what, have, total)
