"""Each model runs one small input before the clerk calls itself ready, so that no customer pays for a first time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soxr
from PIL import Image, ImageDraw

from core.errors import BackendError
from core.ports import LanguageModel, Pcm, Picture, SpeechSynthesizer
from core.types import ChatMessage

_LOG = logging.getLogger(__name__)

_WORDS = {"zh": "您好，请问有什么可以帮您？", "en": "Hello, how can I help you?"}
"""Said by the voices and heard by the ears; no customer hears them."""
_EARS_HZ = 16_000
_PATIENCE_S = 600.0
"""For a language model to be loaded and to answer; a first start may fetch it from the hub."""

Step = Callable[[], Awaitable[object]]


@dataclass(slots=True, kw_only=True)
class WarmUp:
    """The steps between the start and being ready, one after the other."""

    steps: Mapping[str, Step]
    """By the model's key, in order."""
    strict: bool
    """Whether a step that fails ends the start; else it is told, and tried again with a customer's question."""
    done: set[str] = field(default_factory=set)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when all steps were taken."""

    async def run(self) -> None:
        """Take all steps; raises `BackendError` where one fails and must not."""
        for number, (name, step) in enumerate(self.steps.items(), start=1):
            began = time.monotonic()
            try:
                await step()
            except Exception as error:
                if self.strict:
                    raise BackendError(f"{name} could not be warmed up: {error}") from error
                _LOG.exception("%s could not be warmed up", name)
            self.done.add(name)
            _LOG.info("warm: %s in %.1f s (%d of %d)", name, time.monotonic() - began, number, len(self.steps))
        self.over.set()

    async def ready(self) -> Mapping[str, bool]:
        """Return for each step whether it is behind us."""
        return {name: name in self.done for name in self.steps}


def steps(models: Mapping[str, Any]) -> dict[str, Step]:
    """Return a step for each model, by its key; what a kind of model is given follows from the key."""
    voices = {key: model for key, model in models.items() if key.startswith("tts_")}
    ways: dict[str, Callable[[Any], Awaitable[object]]] = {
        "sentences": lambda model: model.encode(list(_WORDS.values())),
        "photos": lambda model: model.encode([np.full((224, 224, 3), 127, np.uint8)]),
        "ocr": lambda model: model.read(_line(), attachment_id=""),
        "reranker": lambda model: model.rerank(_WORDS["en"], [_WORDS["zh"]]),
        "vad": lambda model: asyncio.to_thread(model.stream(), np.zeros(512, np.float32)),
        "turn": lambda model: model.finished(np.zeros(_EARS_HZ, np.float32)),
        "asr": lambda model: _hear(model, voices),
        "tts": _speak,
        "model": _answer,
        "see": _answer,
    }
    taken: dict[str, Step] = {}
    for key, model in models.items():
        way = ways.get("tts" if key in voices else key.partition(" ")[0])
        if way is not None:
            taken[key] = lambda way=way, model=model: way(model)  # type: ignore[misc]  # mypy cannot type its defaults
    return taken


def _line() -> Picture:
    """Return a picture with a word in it: without one only the search for words would be warm."""
    sheet = Image.new("RGB", (320, 96), "white")
    ImageDraw.Draw(sheet).text((24, 24), "No. 4711", fill="black", font_size=36)
    return np.asarray(sheet)


async def _speak(voice: SpeechSynthesizer) -> Pcm:
    """Return a greeting in a language that the voice speaks."""
    language = "zh" if "zh" in voice.capabilities.languages else "en"
    bits = [bit async for bit in voice.speak(_WORDS[language], language=language)]
    return np.concatenate(bits) if bits else np.zeros(0, np.float32)


async def _hear(recognizer: Any, voices: Mapping[str, SpeechSynthesizer]) -> None:
    """Let it hear our own voice: silence would stop at the voice activity, before the model."""
    for voice in voices.values():
        speech = await _speak(voice)
        rate = voice.capabilities.sample_rate or _EARS_HZ
        await recognizer.transcribe(soxr.resample(speech, rate, _EARS_HZ))
        return
    await recognizer.transcribe(np.zeros(_EARS_HZ, np.float32))


async def _answer(model: LanguageModel) -> None:
    """Let a model in this process answer alone and as many at once as it takes; an endpoint's warmth costs money."""
    if model.capabilities.device.startswith("http"):
        return
    queue = getattr(model, "queue", None)
    for many in {1, queue.most if queue is not None else 1}:
        await asyncio.gather(*(_one_answer(model) for _ in range(many)))


async def _one_answer(model: LanguageModel) -> None:
    asked = (ChatMessage(role="user", content=_WORDS["zh"]),)
    async for _ in model.generate(asked, max_tokens=4, deadline_s=_PATIENCE_S):
        pass
