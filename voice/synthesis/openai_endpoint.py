"""Speech from an OpenAI-compatible endpoint: a cloud, or a server of your own.

The speech API, https://platform.openai.com/docs/api-reference/audio/createSpeech, through OpenAI's own client: 16-bit
little-endian mono, as it is made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import BackendError, ConfigError
from core.ports import Capabilities, Pcm
from core.types import Language
from voice.reading_aloud import aloud
from voice.synthesis.kept import Kept
from voice.synthesis.pieces import pieces
from voice.synthesis.streaming import spoken

if TYPE_CHECKING:
    import openai

_CONNECT_S = 2.0
_CHUNK_BYTES = 4800
"""A tenth of a second at 24 kHz."""
_HEADER_BYTES = 44
"""Of a WAV file, which some servers send though asked for bare samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAISpeech:
    """Ask an endpoint for speech, a sentence at a time; whoever falls back to another voice stands above it."""

    client: openai.AsyncOpenAI
    model: str
    voice: str
    rate_hz: int
    languages: tuple[str, ...]
    timeout_s: float
    kept: Kept = field(default_factory=Kept)

    @property
    def capabilities(self) -> Capabilities:
        """Say where it is, and the rate, 24 kHz with OpenAI's own."""
        return Capabilities(device=str(self.client.base_url), languages=self.languages, sample_rate=self.rate_hz)

    async def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the speech of `text` as it is streamed; raises `BackendError` where the endpoint fails."""

        async def say(piece: str) -> AsyncIterator[Pcm]:
            async for bit in self._say(piece, speed):
                yield bit

        first, most = (8, 60) if language == "zh" else (24, 200)
        parts = (part for part in pieces(aloud(text, language), first=first, most=most) if _has_letters(part))
        async for speech in spoken(parts, self.kept.saying(say, language, f"{speed}"), self.rate_hz):
            yield speech

    async def _say(self, piece: str, speed: float) -> AsyncIterator[Pcm]:
        import httpx2
        import openai

        rest, begun = b"", False
        try:
            async with self.client.audio.speech.with_streaming_response.create(
                input=piece,
                model=self.model,
                voice=self.voice,
                response_format="pcm",
                speed=speed,
                timeout=self.timeout_s,
            ) as answer:
                if "json" in answer.headers.get("content-type", "") or "html" in answer.headers.get("content-type", ""):
                    raise BackendError("the speech endpoint sent text, not sound")
                async for chunk in answer.iter_bytes(_CHUNK_BYTES):
                    rest += chunk
                    if not begun and len(rest) < _HEADER_BYTES:
                        continue
                    if not begun and rest.startswith(b"RIFF"):
                        rest = rest[_HEADER_BYTES:]
                    begun = True
                    whole = len(rest) // 2 * 2
                    yield np.frombuffer(rest[:whole], "<i2").astype(np.float32) / np.float32(32768)
                    rest = rest[whole:]
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise BackendError(f"the speech endpoint {self.client.base_url} failed: {error}") from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()


def _has_letters(piece: str) -> bool:
    return any(letter.isalpha() for letter in piece)


def build(
    model: str,
    models: Path,
    *,
    base_url: str = "",
    api_key: str = "",
    voice: str = "alloy",
    languages: str = "*",
    rate_hz: int = 24_000,
    timeout_s: float = 5.0,
) -> OpenAISpeech:
    """Build it: "openai:tts-1?base_url=http://127.0.0.1:8880/v1&voice=alloy"; nothing is sent yet.

    `timeout_s` is for each wait: the connection, the first sound, the next. Raises `ConfigError` for a spec without an
    address or a model's name.
    """
    if not model or not base_url.startswith(("http://", "https://")):
        raise ConfigError("the tts backend 'openai' needs a model and an address: openai:MODEL?base_url=http://...")
    import httpx2
    import openai

    # The SDK's own client closes itself in a destructor, in whatever event loop is left by then; ours does not.
    http = httpx2.AsyncClient(timeout=httpx2.Timeout(timeout_s, connect=_CONNECT_S))
    return OpenAISpeech(
        client=openai.AsyncOpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0, http_client=http),
        model=model,
        voice=voice,
        rate_hz=rate_hz,
        languages=tuple(languages.split(",")),
        timeout_s=timeout_s,
    )
