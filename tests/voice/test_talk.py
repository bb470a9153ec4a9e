"""Talking outside a conversation: a question, a yes or a no, by word or by key."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.voice.audio_time import in_audio_time
from tests.voice.call_scene import CALLER, HUSH, Ear, Line, Voice, until, words
from voice.activity.fake import build as loudness
from voice.call.conversation import House
from voice.call.ended import CallEnded
from voice.call.phrases import Phrasebook
from voice.call.talk import talking

ASKED = {"en": "May we?", "zh": "可以吗？"}


def house(*heard: str, frames: int = 2) -> House:
    return House(
        clerk=None,  # type: ignore[arg-type]  # nobody is asked here
        recognizer=Ear([*map(words, heard)]),  # type: ignore[arg-type]
        activity=loudness("", Path()),
        phrasebook=Phrasebook(Voice(frames)),
        has_echo=False,  # a canceller expects frames at the pace of time
    )


@pytest.mark.parametrize(
    ("heard", "agreed"),
    [("yes please", True), ("好的", True), ("no thanks", False), ("不用了", False)],
)
@in_audio_time
async def test_yes_and_no_are_heard_in_both_languages(heard: str, agreed: bool) -> None:
    line = Line()
    async with talking(house(heard), line) as talk:
        await talk.say(ASKED, "en")
        line.speak()
        assert await talk.agrees(3.0, language=None) is agreed


@in_audio_time
async def test_other_words_are_waited_over_and_silence_is_no_answer() -> None:
    line = Line()
    async with talking(house("what did you say", "yes"), line) as talk:
        await talk.say(ASKED, "en")
        line.speak()
        line.speak()
        assert await talk.agrees(3.0, language="en") is True
        assert await talk.agrees(0.1, language="en") is None


@in_audio_time
async def test_a_key_ends_the_question_and_answers_it_in_all_languages() -> None:
    line = Line()
    async with talking(house(frames=500), line) as talk:  # ten seconds in each language
        asyncio.get_running_loop().call_later(0.2, line.press, "1")
        async with asyncio.timeout(3):
            await talk.say(ASKED, "zh", "en")
        assert await talk.agrees(1.0, language="en") is True
    assert line.flushed == 1


@in_audio_time
async def test_a_key_from_before_the_question_is_no_answer_to_it() -> None:
    line = Line()
    async with talking(house(), line) as talk:
        line.press("1")
        await until(lambda: not talk.keys.empty())
        await talk.say(ASKED, "en")
        assert await talk.agrees(0.1, language="en") is None


@in_audio_time
async def test_a_hang_up_ends_the_talk_wherever_it_is_and_nothing_is_left() -> None:
    before = asyncio.all_tasks()
    for wait in (False, True):
        line = Line()
        with pytest.raises(CallEnded, match="the caller hung up"):
            async with talking(house(frames=500), line) as talk:
                asyncio.get_running_loop().call_later(0.1, line.drop)
                if wait:
                    await talk.agrees(10.0, language="en")
                else:
                    await talk.say(ASKED, "en")
        assert asyncio.all_tasks() <= before


@in_audio_time
async def test_a_voice_that_fails_is_told_to_who_speaks() -> None:
    broken = house()
    broken = House(
        clerk=broken.clerk,
        recognizer=broken.recognizer,
        activity=broken.activity,
        phrasebook=Phrasebook(Voice(mute=frozenset({"*"}))),
    )
    with pytest.raises(RuntimeError, match="the voice is broken"):
        async with talking(broken, Line()) as talk:
            await talk.say(ASKED, "en")


class Loudspeaker(Line):
    """A line at whose far end our own voice comes back from the room 240 ms later."""

    def __init__(self) -> None:
        super().__init__()
        self.room = deque([HUSH] * 12)
        self.says = deque[np.ndarray]()

    async def send(self, frame: np.ndarray) -> None:
        await super().send(frame)
        self.room.append(0.5 * frame)

    async def frames_in(self) -> AsyncIterator[np.ndarray]:
        while True:
            await asyncio.sleep(0.02)
            echo = self.room.popleft() if self.room else HUSH
            yield echo + (self.says.popleft() if self.says else HUSH)


class Noise(Voice):
    """Speak in bursts of noise, 4 s long and loud to the end: a canceller learns nothing from a tone."""

    async def speak(self, text: str, language: str, **_: object) -> AsyncIterator[np.ndarray]:
        loudness = np.repeat(np.random.default_rng(3).uniform(0.2, 1.0, 40), 1600)
        yield (0.2 * loudness * np.random.default_rng(4).normal(size=64_000)).astype(np.float32)


@in_audio_time
async def test_our_own_question_that_comes_back_from_the_room_is_no_answer_to_it() -> None:
    line = Loudspeaker()
    room = replace(house("no"), phrasebook=Phrasebook(Noise()), has_echo=True)
    async with talking(room, line) as talk:
        await talk.say(ASKED, "en")
        assert await talk.agrees(3.0, language="en") is None
        line.says.extend([CALLER] * 30)
        room.recognizer.script[:] = [words("yes")]  # type: ignore[attr-defined]
        assert await talk.agrees(3.0, language="en") is True
