"""Fetching a person: the caller holds, the person is asked, and nobody is told what is not so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np

from core.types import Message, Turn
from tests.voice.audio_time import in_audio_time
from tests.voice.call_scene import TONE, Clerk, Ear, Line, Scene, call, turn, until, words
from tests.voice.far_side import Book, FarSide
from voice.call import phrases
from voice.call.session import Operations
from voice.call.speech import FRAME
from voice.call.transfer import Desk

LOUD = (0.9 * np.sign(np.sin(np.arange(FRAME)))).astype(np.float32)
"""What only the other side of a bridge can have said."""


NOBODY = "Nobody could take the call. Shall we call you back?"
"""What the clerk of these tests says when it hears that a transfer failed."""


async def hands_off(message: Message) -> Turn:
    if message.event == "transfer_failed":
        return turn(message, (NOBODY, "en"))
    return turn(message, ("A colleague will help.", "en"), outcome="handed_off")


def scene(far: FarSide, *heard: str, **desk: object) -> Scene:
    """Return a house whose clerk hands off at once, and whose person is at the far side."""
    settings = {"ring_s": 5.0, "decide_s": 0.6, "comfort_s": 60.0, "language": "en", **desk}
    return Scene(
        clerk=Clerk(hands_off),
        ear=Ear([words("a person please"), *map(words, heard)]),
        options={"language": "en", "transfer_to": "100"},
        operations=Operations(desk=Desk(dialer=far, **settings), keep=Book()),  # type: ignore[arg-type]
    )


@asynccontextmanager
async def asked_for_a_person(house: Scene, line: Line | None = None) -> AsyncIterator[Line]:
    """Call, hear the greeting and say the first thing, upon which the clerk hands off."""
    async with call(house, line) as caller:
        await caller.heard(1)
        caller.speak()
        yield caller


def said_last(scene: Scene, words: str) -> bool:
    return " ".join(said.strip() for said in scene.said).endswith(words)


def book(scene: Scene) -> Book:
    assert isinstance(scene.operations.keep, Book)
    return scene.operations.keep


@in_audio_time
async def test_the_caller_is_told_connected_only_after_the_person_said_yes_and_then_both_hear_each_other() -> None:
    far = FarSide()
    house = scene(far, "yes please")
    async with asked_for_a_person(house) as line:
        await until(lambda: bool(far.called))
        assert far.called == ["100"]
        await asyncio.sleep(0.1)
        assert phrases.CONNECTED["en"] not in house.said
        far.answers.set()
        await far.line.heard(1)
        assert any('The customer said: "a person please"' in said for said in house.said)
        assert phrases.CONNECTED["en"] not in house.said
        far.line.speak()
        await until(lambda: phrases.CONNECTED["en"] in house.said)
        await asyncio.sleep(0.2)
        for side, other in ((line, far.line), (far.line, line)):
            side._frames.put_nowait(LOUD)
            await until(lambda other=other: any((frame == LOUD).all() for frame in other.sent))
        far.line.drop()
        await until(lambda: line.hung_up)
    assert far.line.hung_up
    assert book(house).last["transfer"] == "connected"
    assert book(house).last["handed_over"] == "a person please"
    assert book(house).last["ended"] == "the caller was put through"


@in_audio_time
async def test_a_key_takes_the_call_and_the_callers_hang_up_ends_it_for_both() -> None:
    far = FarSide()
    house = scene(far)
    async with asked_for_a_person(house):
        far.answers.set()
        await far.line.heard(1)
        far.line.press("1")
        await until(lambda: phrases.CONNECTED["en"] in house.said)
    assert far.line.hung_up


@in_audio_time
async def test_who_declines_is_hung_up_and_the_caller_is_back_with_the_clerk_who_knows_of_it() -> None:
    far = FarSide()
    house = scene(far, "one more thing")
    async with asked_for_a_person(house) as line:
        far.answers.set()
        await far.line.heard(1)
        far.line.press("2")
        await until(lambda: far.line.hung_up)
        await until(lambda: said_last(house, NOBODY))
        house.clerk.reply = None
        await asyncio.sleep(0.2)
        line.speak()
        await until(lambda: len(house.clerk.messages) == 3)
    assert phrases.CONNECTED["en"] not in house.said
    assert [message.event for message in house.clerk.messages] == ["", "transfer_failed", ""]
    assert house.clerk.messages[2].text == "one more thing"
    assert len({message.conversation_id for message in house.clerk.messages}) == 1
    assert book(house).last["transfer"] == "declined"


@in_audio_time
async def test_a_voicemail_that_answers_takes_no_call() -> None:
    far = FarSide()
    house = scene(far, "please leave a message after the tone", "record your message")
    async with asked_for_a_person(house):
        far.answers.set()
        for sentence in (1, 2):
            await far.line.heard(sentence)
            far.line.speak()
        await until(lambda: far.line.hung_up)
        await until(lambda: said_last(house, NOBODY))
    assert phrases.CONNECTED["en"] not in house.said


@in_audio_time
async def test_nobody_who_answers_and_a_busy_line_are_told_as_they_are() -> None:
    for far, why in (
        (FarSide(refusal="busy here"), "not answered: busy here"),
        (FarSide(), "not answered: nobody within 0.2 s"),
    ):
        house = scene(far, ring_s=0.2)
        async with asked_for_a_person(house):
            await until(lambda house=house: said_last(house, NOBODY))
        assert book(house).last["transfer"] == why


@in_audio_time
async def test_a_caller_who_hangs_up_while_it_rings_leaves_no_dead_call_behind() -> None:
    far = FarSide()
    house = scene(far)
    async with asked_for_a_person(house) as line:
        await until(lambda: bool(far.called))
        far.answers.set()  # answered in the very moment of the hang-up
        line.drop()
        await until(lambda: line.hung_up)
    assert far.line.hung_up or not far.line.sent


@in_audio_time
async def test_who_holds_hears_a_tone_and_a_word_now_and_then() -> None:
    far = FarSide()
    house = scene(far, comfort_s=0.3, ring_s=60.0)
    async with asked_for_a_person(house) as line:
        await until(lambda: phrases.STILL_HOLDING["en"] in house.said)
        said = line.marks
        await until(lambda: line.marks >= said + 2)  # it is kept, and so not synthesised again
        before = len(line.sent)
        await until(lambda: len(line.sent) > before + 250)
        tone = [frame for frame in line.sent[before:] if frame.any() and not np.array_equal(frame, TONE)]
        assert len(tone) >= 10


@in_audio_time
async def test_who_speaks_while_it_rings_is_told_all_the_same_what_became_of_it() -> None:
    for answers, last in ((True, phrases.CONNECTED["en"]), (False, NOBODY)):
        far = FarSide()
        house = scene(far, "hello are you there", "yes please", ring_s=8.0)
        async with asked_for_a_person(house) as line:
            await until(lambda far=far: bool(far.called))
            await asyncio.sleep(2.0)  # the clerk has said that it puts through
            line.speak()
            await until(lambda house=house: len(house.ear.heard) == 2)
            await asyncio.sleep(2.0)
            if answers:
                far.answers.set()
                await far.line.heard(1)
                far.line.speak()
            await until(lambda last=last, house=house: last in " ".join(map(str.strip, house.said)))
        assert [message.event for message in house.clerk.messages] == ["", "transfer_failed"][: 2 - answers]


@in_audio_time
async def test_a_clerk_that_cannot_be_told_of_it_leaves_no_dead_air() -> None:
    async def fails(message: Message) -> Turn:
        if message.event:
            raise OSError("the disk is full")
        return await hands_off(message)

    house = scene(FarSide(refusal="busy here"))
    house.clerk.reply = fails
    async with asked_for_a_person(house):
        await until(lambda: house.said[-1] == phrases.NOT_TRANSFERRED["en"])


@in_audio_time
async def test_a_dialer_that_breaks_is_survived() -> None:
    class Broken(FarSide):
        async def dial(self, target: str, *, ring_s: float = 30.0) -> Line:
            raise RuntimeError("no socket")

    house = scene(Broken())
    async with asked_for_a_person(house):
        await until(lambda: said_last(house, NOBODY))
    assert book(house).last["transfer"] == "not answered: a fault"


@in_audio_time
async def test_a_line_that_puts_through_by_itself_is_believed_only_when_it_says_so() -> None:
    for answers, last in ((True, phrases.TRANSFERRING["en"]), (False, NOBODY)):
        house = scene(FarSide())
        house.operations = replace(house.operations, desk=Desk(language="en"))
        line = Line()
        line.far_side_answers = answers
        async with asked_for_a_person(house, line):
            await until(lambda last=last, house=house: said_last(house, last))
            await asyncio.sleep(0.1)
        assert line.transfers == ["100"]
        assert phrases.CONNECTED["en"] not in house.said


@in_audio_time
async def test_a_clerk_that_hands_off_again_does_not_ring_for_ever() -> None:
    async def hands_off_always(message: Message) -> Turn:
        return turn(message, (NOBODY if message.event else "A colleague will help.", "en"), outcome="handed_off")

    far = FarSide(refusal="busy here")
    house = scene(far)
    house.clerk.reply = hands_off_always
    async with asked_for_a_person(house):
        await until(lambda: said_last(house, NOBODY))
        await asyncio.sleep(5)
    assert far.called == ["100"]
