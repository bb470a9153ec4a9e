"""The voices practise how replies begin, while nobody calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.ports import Pcm
from core.registry import build
from core.resilience import Lane
from core.types import Language
from core.wording.openings import openings
from core.wording.templates import Templates
from voice.call.phrases import Phrasebook
from voice.call.waiting import Seats
from voice.speaker import Speaker


class Voice:
    """Says a clause in two bits with a pause behind them, then another, and counts them."""

    def __init__(self, mute: Language = "") -> None:
        self.drawn: list[str] = []
        self.mute = mute

    async def speak(
        self, text: str, language: Language, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
    ) -> AsyncIterator[Pcm]:
        if language == self.mute:
            raise OSError("no such voice")
        for bit in (np.ones(100), np.ones(100), np.zeros(320), np.ones(100)):
            self.drawn.append(text)
            yield bit.astype(np.float32)


def test_a_reply_begins_with_the_whole_clauses_before_its_first_value() -> None:
    sentences = {
        "found": "找到了，您的订单{order}已发货。",
        "found.phone": "找到了，订单{order}已发货。",
        "hello": "{name}，您好。",
        "label": "价格",
        "again": "找到了，还有{count}件。",
        "whole": "好的。",
    }
    assert openings(Templates({"zh": sentences}), "zh") == ("找到了，", "好的。")
    english = {"found": "I found it, and order {order} is on its way.", "price": "That is 3.50, then {x}"}
    assert openings(Templates({"en": english}), "en") == ("I found it,", "That is 3.50,")


async def test_only_the_first_clause_is_drawn_and_a_voice_that_fails_costs_its_language_alone() -> None:
    voice = Voice(mute="zh")
    await Phrasebook(voice).practise([("您好，", "zh"), ("Hello.", "en"), ("好的。", "zh"), ("Yes.", "en")])
    assert voice.drawn == ["Hello."] * 3 + ["Yes."] * 3


@pytest.mark.models
@pytest.mark.parametrize(
    ("spec", "language", "practised", "said"),
    [
        ("piper", "en", "Which e-mail address did you order with?", " Your name will do as well."),
        ("kokoro", "zh", "好的，", "我来帮您查一下。"),
    ],
)
async def test_what_was_practised_is_not_made_again(
    models: Path, spec: str, language: Language, practised: str, said: str
) -> None:
    class Nobody(Lane):
        async def run(self, *job: object) -> Any:  # type: ignore[override]
            raise AssertionError("what is practised needs no network")

    voice: Any = build("tts", spec, models)
    await Phrasebook(Speaker(voices={language: voice})).practise([(practised, language)])
    hurried = Speaker(voices={language: replace(voice, lane=Nobody())})
    live = hurried.speak(f"{practised}{said}", language)
    assert (await anext(live)).any()


async def test_nobody_practises_during_a_call() -> None:
    voice, seats = Voice(), Seats(1)
    assert seats.take()
    practice = asyncio.create_task(Phrasebook(voice).practise([("Hello.", "en")], seats.all_free))
    await asyncio.sleep(0.01)
    assert not voice.drawn
    seats.leave()
    await practice
    assert voice.drawn
