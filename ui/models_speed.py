"""How fast each configured model is: as the clerk asks it, several at once, beside the bare library in the same run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import numpy as np
import soxr

from core.batching import Queued, Ran
from core.config import Settings
from core.errors import ConfigError
from core.ports import Pcm, SpeechSynthesizer
from core.types import ChatMessage
from ui.app import Application
from ui.bare_models import bare
from ui.warming import steps

_TEXTS = (
    "Where is my order?",
    "退货要几天？",
    "Do you have a waterproof backpack?",
    "我想把黑色的换成蓝色的",
    "How long does shipping to Chengdu take?",
    "多少钱包邮？",
    "Can I change the address of my order?",
    "发票可以补开吗？",
)
_SPOKEN = {"en": [text for text in _TEXTS if text.isascii()], "zh": [text for text in _TEXTS if not text.isascii()]}
_EARS_HZ = 16_000
_TOKENS = 32

Ask = Callable[[Any], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """What a model is asked, and how."""

    ask: Ask
    inputs: Sequence[Any]


async def measure(app: Application, at_once: int, rounds: int) -> dict[str, dict[str, float | str | None]]:
    """Return for each model items a second and latency, through its queue and bare, alternating in one run.

    `ratio` is the clerk's throughput over that of the bare library, one call after the other as its own examples
    make them; None where we call nothing that a library would do alone. Raises `ConfigError` where no model is there.
    """
    if not app.models:
        raise ConfigError("no model is configured, or none could be built: see `zhanggui doctor`")
    warm = steps(app.models)
    report: dict[str, dict[str, float | str | None]] = {}
    for key, model in app.models.items():
        trial = await _trial(key, model, app.models)
        if trial is None:
            continue
        await warm[key]()
        report[key] = {"spec": _spec(app.settings, key), **await _compared(model, trial, at_once, rounds)}
    return report


async def _compared(model: Any, trial: _Trial, at_once: int, rounds: int) -> dict[str, float | None]:
    sizes: list[int] = []
    if isinstance(model, Queued):
        model.queue.observe = lambda ran: _count(sizes, ran)
    alone = bare(model)
    ours, theirs, latencies = list[float](), list[float](), list[float]()
    for number in range(rounds):
        ways = [(_ours, ours), (_theirs, theirs)] if alone else [(_ours, ours)]
        for way, kept in ways if number % 2 else ways[::-1]:
            began = time.perf_counter()
            if way is _ours:
                latencies += await _ours(trial, at_once)
            else:
                await _theirs(alone, trial)
            kept.append(len(trial.inputs) / (time.perf_counter() - began))
    percentiles = quantiles(latencies, n=20, method="inclusive")
    return {
        "per_s": round(median(ours), 2),
        "p50_ms": round(median(latencies) * 1000, 1),
        "p95_ms": round(percentiles[18] * 1000, 1),
        "mean_batch": round(sum(sizes) / len(sizes), 2) if sizes else None,
        "bare_per_s": round(median(theirs), 2) if theirs else None,
        "ratio": round(median(a / b for a, b in zip(ours, theirs, strict=True)), 3) if theirs else None,
    }


def _count(sizes: list[int], ran: Ran) -> None:
    if not ran.out_of_memory:
        sizes.append(ran.size)


async def _ours(trial: _Trial, at_once: int) -> list[float]:
    """Ask everything, `at_once` at a time, and return how long each took, seconds."""
    door = asyncio.Semaphore(at_once)

    async def asked(one: Any) -> float:
        async with door:
            began = time.perf_counter()
            await trial.ask(one)
            return time.perf_counter() - began

    return await asyncio.gather(*map(asked, trial.inputs))


async def _theirs(alone: Callable[[Any], object] | None, trial: _Trial) -> None:
    assert alone is not None  # noqa: S101  (it is asked only where there is one)
    await asyncio.to_thread(lambda: [alone(one) for one in trial.inputs])


async def _trial(key: str, model: Any, models: Mapping[str, Any]) -> _Trial | None:
    if key == "sentences":  # numbered, because a repeated sentence comes from memory
        counter = iter(range(10**9))
        return _Trial(ask=lambda text: model.encode([f"{text} {next(counter)}"]), inputs=_TEXTS * 4)
    if key == "photos":
        draw = np.random.default_rng(3)
        pictures = [draw.integers(0, 256, (480, 640, 3), np.uint8) for _ in range(16)]
        return _Trial(ask=lambda picture: model.encode([picture]), inputs=pictures)
    if key.startswith("tts_"):
        language = key.removeprefix("tts_")
        return _Trial(ask=lambda text: _speak(model, text, language), inputs=_SPOKEN[language] * 2)
    if key == "asr":
        speech = [sound for key, voice in models.items() if key.startswith("tts_") for sound in await _said(key, voice)]
        return _Trial(ask=model.transcribe, inputs=speech) if speech else None
    if key.startswith("model"):
        return _Trial(ask=lambda text: _answer(model, text), inputs=_TEXTS)
    return None


async def _said(key: str, voice: SpeechSynthesizer) -> list[Pcm]:
    """Return our own questions as recordings at 16 kHz."""
    language = key.removeprefix("tts_")
    rate = voice.capabilities.sample_rate or _EARS_HZ
    return [soxr.resample(await _speak(voice, text, language), rate, _EARS_HZ) for text in _SPOKEN[language]]


async def _speak(voice: SpeechSynthesizer, text: str, language: str) -> Pcm:
    return np.concatenate([bit async for bit in voice.speak(text, language=language)])


async def _answer(model: Any, text: str) -> None:
    async for _ in model.generate((ChatMessage(role="user", content=text),), max_tokens=_TOKENS, deadline_s=300):
        pass


def _spec(settings: Settings, key: str) -> str:
    if key.startswith("model "):
        return settings.model.backends[int(key.removeprefix("model ")) - 1]
    return str(getattr(settings.backends, key))
