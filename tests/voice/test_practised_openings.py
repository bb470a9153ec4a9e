"""The voices practise how replies begin, while nobody calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np

from core.ports import Pcm
from core.types import Language
from core.wording.openings import openings
from core.wording.templates import Templates
from voice.call.phrases import Phrasebook
from voice.call.waiting import Seats


class Voice:
    """Says a clause in two bits, and counts them."""

    def __init__(self, mute: Language = "") -> None:
        self.drawn: list[str] = []
        self.mute = mute

    async def speak(
        self, text: str, language: Language, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
    ) -> AsyncIterator[Pcm]:
        if language == self.mute:
            raise OSError("no such voice")
        for _ in range(4):
            self.drawn.append(text)
            yield np.ones(100, dtype=np.float32)


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
    assert voice.drawn == ["Hello."] * 2 + ["Yes."] * 2


async def test_nobody_practises_during_a_call() -> None:
    voice, seats = Voice(), Seats(1)
    assert seats.take()
    practice = asyncio.create_task(Phrasebook(voice).practise([("Hello.", "en")], seats.all_free))
    await asyncio.sleep(0.01)
    assert not voice.drawn
    seats.leave()
    await practice
    assert voice.drawn
