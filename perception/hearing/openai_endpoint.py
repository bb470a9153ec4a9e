"""Speech recognition at an OpenAI-compatible endpoint: vLLM, faster-whisper-server, a cloud.

The transcriptions API, https://platform.openai.com/docs/api-reference/audio/createTranscription, through OpenAI's own
client.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import soundfile

from core.errors import BackendError, ConfigError
from core.ports import Capabilities, Pcm
from core.resilience import in_worker
from core.types import Expect, Language, Transcript
from perception.hearing import expected, whisper
from perception.hearing.speech import checked
from perception.hearing.voiced import RATE_HZ, Voiced, voiced
from perception.hearing.whisper import Stretch

if TYPE_CHECKING:
    import openai

_CONNECT_S = 2.0
_UNTOLD_LOGPROB = -0.3
"""Where the endpoint does not say how sure it is."""
_NAMES = {"chinese": "zh", "mandarin": "zh", "english": "en", "cantonese": "zh"}
"""OpenAI's own endpoint names languages in English words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAITranscription:
    """Ask an endpoint for the words; silence is not sent."""

    client: openai.AsyncOpenAI
    model: str
    detailed: bool
    """Whether it tells segments and probabilities ("verbose_json"); newer models of OpenAI tell the text alone."""

    @property
    def capabilities(self) -> Capabilities:
        """Say where it is."""
        return Capabilities(device=str(self.client.base_url), languages=("zh", "en", "*"), sample_rate=RATE_HZ)

    async def transcribe(
        self, speech: Pcm, *, language: Language | None = None, hint: str = "", expect: Expect = ""
    ) -> Transcript:
        """Return the words of `speech`; see `core.ports.SpeechRecognizer`. Raises `BackendError` where it fails."""
        import httpx2
        import openai

        spoken = await in_worker(voiced, checked(speech))
        if spoken is None:
            return whisper.nobody(language)
        asked: dict[str, Any] = {"response_format": "verbose_json" if self.detailed else "json"}
        if language:
            asked["language"] = language
        told = "\n".join(line for line in (hint, expected.written(language or "en", expect)) if line)
        if told:
            asked["prompt"] = told
        try:
            heard = await self.client.audio.transcriptions.create(
                model=self.model, file=("speech.wav", _wav(spoken)), temperature=0.0, **asked
            )
            found = _NAMES.get(str(getattr(heard, "language", "") or "").lower(), getattr(heard, "language", None))
            stretches = _stretches(heard)
        except (openai.OpenAIError, httpx2.HTTPError, AttributeError, TypeError, ValueError) as error:
            raise BackendError(f"the transcription endpoint {self.client.base_url} failed: {error}") from error
        said = "".join(one.text for one in stretches)
        return whisper.transcript(stretches, language or found or whisper.script(said))

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()


def _stretches(heard: Any) -> Sequence[Stretch]:
    if not isinstance(heard.text, str):
        raise TypeError("the answer holds no text")
    segments = getattr(heard, "segments", None) or ()
    if not segments:
        return (_stretch(heard.text, None),)
    return tuple(_stretch(one.text, one) for one in segments)


def _stretch(text: str, told: Any) -> Stretch:
    return Stretch(
        text=text,
        avg_logprob=getattr(told, "avg_logprob", None) or _UNTOLD_LOGPROB,
        no_speech_prob=getattr(told, "no_speech_prob", None) or 0.0,
        compression_ratio=getattr(told, "compression_ratio", None) or 1.0,
        tokens=max(1, len(getattr(told, "tokens", None) or text)),
    )


def _wav(spoken: Voiced) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, spoken.pcm, RATE_HZ, format="WAV", subtype="PCM_16")
    return file.getvalue()


def build(
    model: str, models: Path, *, base_url: str = "", api_key: str = "", detailed: bool = True, timeout_s: float = 10.0
) -> OpenAITranscription:
    """Build it: "openai:whisper-1?base_url=http://127.0.0.1:8000/v1"; nothing is sent yet.

    Raises `ConfigError` for a spec without an address or a model's name.
    """
    if not model or not base_url.startswith(("http://", "https://")):
        raise ConfigError("the asr backend 'openai' needs a model and an address: openai:MODEL?base_url=http://...")
    import httpx2
    import openai

    # The SDK's own client closes itself in a destructor, in whatever event loop is left by then; ours does not.
    http = httpx2.AsyncClient(timeout=httpx2.Timeout(timeout_s, connect=_CONNECT_S))
    client = openai.AsyncOpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0, http_client=http)
    return OpenAITranscription(client=client, model=model, detailed=detailed)
