"""The demo page's side of our own HTTP API."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_TIMEOUT_S = 90


class RefusedError(Exception):
    """The API refused a message; `code` is stable, the words are the API's own (English)."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep the code beside the words."""
        super().__init__(detail)
        self.code = code


def reach(address: str) -> httpx.AsyncClient:
    """Return a client of the API at `address` ("http://127.0.0.1:8080"); proxies of the environment are not asked."""
    return httpx.AsyncClient(base_url=address, timeout=_TIMEOUT_S, trust_env=False)


@dataclass(frozen=True, slots=True)
class ShopApi:
    """Talk to the clerk over HTTP."""

    client: httpx.AsyncClient

    async def open(self, locale: str) -> dict[str, str]:
        """Open a conversation; return its id and token."""
        opened: dict[str, str] = _accepted(await self.client.post("/v1/conversations", json={"locale": locale}))
        return opened

    async def say(
        self, conversation: dict[str, str], text: str, files: Sequence[Path], *, speak: bool, locale: str
    ) -> dict[str, Any]:
        """Send a message with photos, videos and recordings; return the turn.

        Raises `RefusedError` when the API refuses it and `httpx.HTTPError` when it cannot be reached.
        """
        fields = {"id": secrets.token_hex(8), "text": text, "speak": str(speak).lower(), "locale": locale}
        with ExitStack() as opened:
            parts: list[Any] = [(name, (None, value)) for name, value in fields.items()]
            parts += [(_kind(file), (file.name, opened.enter_context(file.open("rb")))) for file in files]
            response = await self.client.post(
                f"/v1/conversations/{conversation['conversation_id']}/messages",
                files=parts,
                headers={"Authorization": f"Bearer {conversation['token']}"},
            )
        turn: dict[str, Any] = _accepted(response)
        return turn

    async def fetch(self, path: str) -> httpx.Response:
        """Return a photo or recording of the API."""
        return await self.client.get(path)


def _kind(file: Path) -> str:
    guessed = mimetypes.guess_type(file.name)[0] or ""
    if guessed.startswith("audio/") or file.suffix in {".webm", ".opus"}:
        return "audio"  # the page's own recordings are WebM; one with moving pictures is taken for the video that it is
    return "video" if guessed.startswith("video/") else "image"


def _accepted(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json()
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    raise RefusedError(str(problem.get("code", response.status_code)), str(problem.get("detail", response.text[:200])))
