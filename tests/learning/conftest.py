"""A model list of our own and a server that is package index and hub at once."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wheel(members: Mapping[str, bytes]) -> bytes:
    """Return a zip archive; stored, so that a cut has many places to fall."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@dataclass
class Site:
    """What the server serves, and what it was asked for."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    """Path -> bytes, with ranges."""
    etags: dict[str, str] = field(default_factory=dict)
    """Path -> X-Linked-Etag."""
    cuts: dict[str, int] = field(default_factory=dict)
    """Path -> bytes after which the connection breaks; None of the later requests are cut."""
    types: dict[str, str] = field(default_factory=dict)
    """Path -> Content-Type, where it is another than an index page's or a file's."""
    statuses: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and Range header of each request."""
    authorizations: set[str] = field(default_factory=set)

    def package(self, name: str, version: str, members: Mapping[str, bytes], sha: str | None = None) -> str:
        """Offer a wheel on the index and return its path."""
        data = wheel(members)
        file = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        self.files[f"/files/{file}"] = data
        sha = sha or sha256(data)
        self.files[f"/simple/{name}/"] = f'<a href="/files/{file}#sha256={sha}">{file}</a>'.encode()
        return f"/files/{file}"


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site, path = self.site, self.path
        start_text = self.headers.get("Range", "")
        site.asked.append((path, start_text))
        if self.headers.get("Authorization"):
            site.authorizations.add(self.headers["Authorization"])
        status = site.statuses.get(path, 200 if path in site.files else 404)
        if status != 200:
            self.send_error(status)
            return
        data = site.files[path]
        start = int(re.findall(r"\d+", start_text)[0]) if start_text else 0
        if start >= len(data) > 0:
            self.send_error(416)
            return
        self.send_response(206 if start_text else 200)
        self.send_header("Content-Length", str(len(data) - start))
        usual = "text/html" if path.startswith("/simple/") else "application/octet-stream"
        self.send_header("Content-Type", site.types.get(path, usual))
        if path in site.etags:
            self.send_header("X-Linked-Etag", f'"{site.etags[path]}"')
        self.end_headers()
        cut = site.cuts.pop(path, None)
        self.wfile.write(data[start : start + cut] if cut is not None else data[start:])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve on a free port of the loopback address."""
    here = Site()
    handler = type("Handler", (_Handler,), {"site": here})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        here.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield here
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty models folder."""
    return tmp_path / "models"
