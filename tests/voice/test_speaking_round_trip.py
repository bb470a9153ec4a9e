"""What the clerk says is understood: spoken by a real voice, heard by a real recogniser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import jiwer
import numpy as np
import opencc
import pytest
from faster_whisper import WhisperModel

from core.registry import build
from voice.reading_aloud import aloud
from voice.speaker import Speaker

pytestmark = pytest.mark.models

ENGLISH = (
    "Your order W3912701 was shipped on March 14th.",
    "The wireless headphones cost $129.99 and are in stock.",
    "You can return any item within 30 days of delivery, free of charge.",
)
CHINESE = (
    "这款无线耳机的价格是129.9元，现在有货。",
    "蓝色跑步鞋有38码、40码和42码。",
)


async def heard(models: Path, spec: str, language: str, texts: Sequence[str]) -> list[str]:
    speaker = Speaker(voices={language: build("tts", spec, models)})
    ears = WhisperModel(str(models / "whisper-base"), compute_type="int8", local_files_only=True)
    prompt = "以下是普通话的句子。" if language == "zh" else None
    understood = []
    for text in texts:
        sound = np.concatenate([piece async for piece in speaker.speak(text, language, rate_hz=16_000)])
        segments, _ = ears.transcribe(sound, language=language, initial_prompt=prompt)
        understood.append("".join(segment.text for segment in segments))
    return understood


def words(text: str) -> str:
    """Write both sides the way they are said, without marks: "W-3912" and "W 3 9 1 2" are the same."""
    joined = re.sub(r"(?<=[\dA-Z])[ -](?=\d)", "", text)
    return " ".join(re.sub(r"[^\w\s]", " ", aloud(joined, "en").lower()).split())


def characters(text: str) -> str:
    return re.sub(r"\W", "", aloud(opencc.OpenCC("t2s").convert(text), "zh"))


async def test_english_is_understood(models: Path) -> None:
    said = [words(text) for text in ENGLISH]
    got = [words(text) for text in await heard(models, "piper:piper-en_US-joe-medium", "en", ENGLISH)]
    assert jiwer.wer(said, got) < 0.2, got


async def test_chinese_is_understood(models: Path) -> None:
    said = [characters(text) for text in CHINESE]
    got = [characters(text) for text in await heard(models, "kokoro:kokoro-82m-int8", "zh", CHINESE)]
    assert jiwer.cer(said, got) < 0.25, got
