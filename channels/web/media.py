"""Photos, recordings and catalogue pictures, for `<img>` and `<audio>`."""

from __future__ import annotations

import re
from pathlib import Path

from aiohttp import web

from channels.web.house import HOUSE, House
from channels.web.problems import ProblemError

_SHA256 = re.compile(r"[0-9a-f]{64}")

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
)


async def media(request: web.Request) -> web.StreamResponse:
    """GET /v1/media/{id}?sig=: return stored bytes, whole or a range of them."""
    house = request.app[HOUSE]
    sha256 = request.match_info["id"]
    if not house.signer.opens_media(sha256, request.query.get("sig", "")):
        raise ProblemError(
            401, "unauthorized", "The address is not signed; use the one that came in the message or the reply."
        )
    path = stored_path(house, sha256)
    return stored_file(path, content_type(path), "private, max-age=31536000, immutable")


def stored_path(house: House, sha256: str) -> Path:
    """Return where bytes lie; raises `ProblemError` 404 when they do not."""
    path = house.clerk.blobs.path(sha256) if _SHA256.fullmatch(sha256) else None
    if path is None or not path.is_file():
        raise ProblemError(404, "not_found", "These bytes are not here any more.")
    return path


async def product_picture(request: web.Request) -> web.StreamResponse:
    """GET /v1/products/{sku}/picture: return the catalogue picture of a variant."""
    path = request.app[HOUSE].picture(request.match_info["sku"])
    if path is None or not path.is_file():
        raise ProblemError(404, "not_found", "There is no picture of this product.")
    return stored_file(path, content_type(path), "public, max-age=3600")


def content_type(path: Path) -> str:
    """Return what the bytes are, judged by their first ones; only kinds that a browser cannot run."""
    with path.open("rb") as stored:
        head = stored.read(12)
    if head[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(head[8:12], "application/octet-stream")
    return next((kind for magic, kind in _SIGNATURES if head.startswith(magic)), "application/octet-stream")


def stored_file(path: Path, kind: str, cache: str) -> web.FileResponse:
    """Return a file; what a browser might run is a download."""
    headers = {"Content-Type": kind, "Cache-Control": cache}
    if kind == "application/octet-stream":
        headers["Content-Disposition"] = "attachment"
    return web.FileResponse(path, headers=headers)
