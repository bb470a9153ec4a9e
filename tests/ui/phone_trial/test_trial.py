"""Whole calls of the harness with models that do nothing: what it measures, hears and catches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from core.errors import ConfigError
from core.ports import Clerk
from core.registry import build
from core.types import Message, Turn
from tests.voice.call_scene import turn as answered
from ui.phone_trial.cases import CallCase, read_calls
from ui.phone_trial.clock import Clock
from ui.phone_trial.judge import Held, judge
from ui.phone_trial.report import CallTrial, as_text, report_of, write_html
from ui.phone_trial.trial import Door, Stand
from ui.phone_trial.voices import Voices
from voice.call.conversation import House, Manners
from voice.call.phrases import Phrasebook
from voice.speaker import Speaker

NOWHERE = Path()


class Clerk_:  # noqa: N801 - `Clerk` is the port
    def __init__(self, *, outcome: str = "answered", thinks_s: float = 0.0) -> None:
        self.kept: list[Turn] = []
        self.outcome = outcome
        self.thinks_s = thinks_s

    async def answer(self, message: Message) -> Turn:
        await asyncio.sleep(self.thinks_s)
        outcome = "answered" if message.event else self.outcome
        turn = answered(message, ("Your parcel comes on Monday.", "en"), outcome=outcome)
        self.kept.append(turn)
        return turn

    async def watch(self, conversation_id: str) -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield None

    async def turns(self, conversation_id: str, *, after: str = "") -> tuple[Turn, ...]:
        return tuple(self.kept)

    async def played(self, turn: Turn, words: str) -> None: ...


def house(clerk: Clerk_) -> House:
    voice = build("tts", "fake", NOWHERE)
    return House(
        clerk=cast(Clerk, clerk),
        recognizer=build("asr", "fake:where is my order", NOWHERE),
        activity=build("vad", "fake", NOWHERE),
        phrasebook=Phrasebook(Speaker(voices={"en": voice, "zh": voice})),
        greeting="Hello there.",
        manners=Manners(silence_s=2.0),
    )


def case(folder: Path, text: str) -> CallCase:
    file = folder / "case.yaml"
    file.write_text(text, encoding="utf-8")
    return replace(read_calls([file])[0], voice="fake")


async def hold(one: CallCase, clerk: Clerk_ | None = None, *, unhurried: bool = False, door: Door = "none") -> Held:
    listener = build("asr", "fake:your parcel comes on Monday", NOWHERE)
    stand = Stand(voices=Voices(models=NOWHERE), listener=listener, clock=Clock(unhurried=unhurried), door=door)
    return await stand.hold(house(clerk or Clerk_()), one)


@pytest.mark.parametrize("door", ["none", "audiosocket"])
async def test_a_call_is_held_heard_and_measured(tmp_path: Path, door: Door) -> None:
    said = "- {id: a, lang: en, turns: [where is my order], expect: {messages: 1, must_say: [Monday]}}"
    held = await hold(case(tmp_path, said), door=door)
    assert judge(held) == ()
    assert held.clerk_heard == ("where is my order",)
    assert held.greeted_s is not None
    [answer] = held.answers
    assert answer.stages is not None
    assert answer.first_audio_s is not None
    parts = answer.stages
    whole = parts.endpoint + parts.recognition + parts.dialogue + parts.synthesis + parts.line
    assert whole == pytest.approx(answer.first_audio_s)
    assert 0.2 < answer.first_audio_s < 3
    assert not answer.asked_early
    assert held.left_running == ()


async def test_an_unhurried_call_counts_a_slow_clerk_as_a_quick_one(tmp_path: Path) -> None:
    said = case(tmp_path, "- {id: a, lang: en, turns: [where is my order], expect: {}}")
    slow = (await hold(said, Clerk_(thinks_s=1.0))).answers[0].stages
    patient = (await hold(said, Clerk_(thinks_s=1.0), unhurried=True)).answers[0].stages
    assert slow is not None
    assert patient is not None
    assert slow.dialogue > 0.9
    assert patient.dialogue < 0.2


@pytest.mark.parametrize("door", ["none", "audiosocket"])
async def test_keys_and_silence_reach_the_clerk(tmp_path: Path, door: Door) -> None:
    said = '- {id: a, lang: en, turns: [{keys: "123#"}, {pause_s: 3}], expect: {}}'
    held = await hold(case(tmp_path, said), door=door)
    assert held.clerk_heard == ("123",)
    assert len(held.heard.splitlines()) >= 3  # greeting, answer, "are you still there?"


async def test_who_is_turned_away_is_judged_by_what_was_heard(tmp_path: Path) -> None:
    held = await hold(
        case(tmp_path, "- {id: a, lang: en, calls_before: 3, turns: [{pause_s: 9}], expect: {messages: 0}}")
    )
    assert judge(held) == ()
    assert held.turns == ()
    assert held.left_running == ()


@pytest.mark.parametrize("answers", [True, False])
async def test_a_transfer_is_seen(tmp_path: Path, answers: bool) -> None:
    person = str(answers).lower()
    text = f"- {{id: a, lang: en, person_answers: {person}, turns: [a person], expect: {{transferred: true}}}}"
    held = await hold(case(tmp_path, text), Clerk_(outcome="handed_off"))
    assert held.put_through is answers
    assert judge(held) == (() if answers else ("the caller was not put through",))


async def test_who_hangs_up_while_the_clerk_thinks_leaves_a_whole_turn_behind(tmp_path: Path) -> None:
    text = "- {id: a, lang: en, turns: [where is it, {hang_up: true, while_thinking: true}], expect: {messages: 1}}"
    clerk = Clerk_(thinks_s=0.0)
    held = await hold(case(tmp_path, text), clerk)
    assert held.left_running == ()
    assert len(held.clerk_heard) == 1


async def test_a_deaf_clerk_is_caught(tmp_path: Path) -> None:
    text = "- {id: a, lang: en, turns: [hello], expect: {messages: 1, must_say: [never said]}}"
    deaf = case(tmp_path, text)
    listener = build("asr", "fake:your parcel comes on Monday", NOWHERE)
    stand = Stand(voices=Voices(models=NOWHERE), listener=listener, clock=Clock())
    sounds = np.zeros(16_000, dtype=np.float32)
    stand.voices._said[("fake", "hello", 1.0)] = sounds  # the caller moves the lips only
    faults = judge(await stand.hold(house(Clerk_()), deaf))
    assert "took it for 0 messages, not 1: []" in faults
    assert "never says 'never said'" in faults


async def test_the_report_tells_what_both_sides_heard(tmp_path: Path) -> None:
    held = await hold(case(tmp_path, "- {id: a<b, lang: en, turns: [hello], expect: {must_say: [x]}}"))
    report = report_of([CallTrial(held=held, number=1, faults=judge(held))])
    assert report["failed"] == 1
    assert "the clerk understood: where is my order" in as_text(report)
    write_html(report, tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "a&lt;b" in page
    assert "a<b" not in page


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {id: a, lang: en, turns: [hi], expect: {}, line: {loss: 2}}", "loss is 0 to 0.9"),
        ("- {id: a, lang: en, turns: [hi], expect: {}, line: {packet_ms: 25}}", "packets are 10"),
        ("- {id: a, lang: en, turns: [hi], expect: {}, line: {noise: none.wav}}", "there is no"),
        ("- {id: a, lang: en, turns: [{keys: x}], expect: {}}", "turns.0.keys"),
        ("- {id: a, lang: en, turns: [{shout: x}], expect: {}}", "shout"),
        ("- {id: a, lang: en, turns: [hi], expect: {must_say: ['(']}}", "no regular expression"),
    ],
)
def test_a_mistake_in_a_case_names_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        case(tmp_path, text)


def test_pauses_stand_between_words(tmp_path: Path) -> None:
    text = '- {id: a, lang: en, turns: ["my number is W [1.5] three [2] four"], expect: {}}'
    [act] = case(tmp_path, text).acts
    assert act.say == ("my number is W", 1.5, "three", 2.0, "four")
