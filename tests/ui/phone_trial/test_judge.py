"""A call is judged by what was heard, written and recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.conftest import message
from tests.voice.call_scene import turn as answered
from ui.phone_trial.caller import Done
from ui.phone_trial.cases import Act, read_calls
from ui.phone_trial.judge import Held, judge
from ui.phone_trial.measure import Answer, answer_to
from ui.phone_trial.witness import Asked, Span, Witness

SECOND = 16_000
GOOD = Answer(first_audio_s=0.6, stages=None, asked_early=False, waited_long=False)


def held(folder: Path, expect: str, **changes: object) -> Held:
    file = folder / "case.yaml"
    file.write_text(f"- {{id: a, lang: en, turns: [hi], expect: {{{expect}}}}}", encoding="utf-8")
    spoke = Done(Act(say=("stop",), while_speaking_s=1.0), begin=10 * SECOND, end=11 * SECOND)
    call = Held(
        case=read_calls([file])[0],
        done=(spoke,),
        answers=(GOOD,),
        silences=(0.3,),
        heard="Within seven days.",
        clerk_heard=(),
        turns=(),
        greeted_s=0.1,
        played=(),
        put_through=False,
        dropped_ms=0.0,
        left_running=(),
    )
    return replace(call, **changes)  # type: ignore[arg-type]


def test_who_falls_silent_in_time_passes_and_who_is_late_does_not(tmp_path: Path) -> None:
    assert judge(held(tmp_path, "interrupted_within_ms: 500")) == ()
    late = held(tmp_path, "interrupted_within_ms: 500", silences=(0.8,))
    assert judge(late) == ("fell silent 800 ms after it was interrupted",)


def test_who_had_finished_was_not_interrupted(tmp_path: Path) -> None:
    done = held(tmp_path, "interrupted_within_ms: 500", silences=(None,))
    assert judge(done) == ("the clerk was silent already when it was to be interrupted",)


def test_who_listens_does_not_stop_the_clerk(tmp_path: Path) -> None:
    late = replace(GOOD, first_audio_s=2.0)
    [fault] = judge(held(tmp_path, "not_interrupted: true", answers=(late,)))
    assert "no interruption" in fault
    assert judge(held(tmp_path, "not_interrupted: true", answers=(late,), silences=(9.0,))) == ()
    assert judge(held(tmp_path, "not_interrupted: true")) == (), "it went on at once"


def test_what_sounds_as_the_clerk_s_own_words_was_heard_as_them(tmp_path: Path) -> None:
    turn = answered(message("", channel="phone"), ("请说一下您的邮箱，或者姓名和邮编。", "zh"))
    known = held(tmp_path, "must_say: [或者姓名]", turns=(turn,), heard="请说一下您的有想，活着性命和有变。")
    assert judge(known) == ()
    [fault] = judge(replace(known, heard="请说一下您的有想。"))
    assert "never says" in fault


@pytest.mark.parametrize(
    ("recorded", "is_true"),
    [("Within 7 days of", True), ("Within seven days of delivery you may return it all", False)],
)
def test_what_was_recorded_as_played_is_what_was_heard(tmp_path: Path, recorded: str, is_true: bool) -> None:
    call = held(tmp_path, "played_as_heard: true", played=((recorded, "within seven days of"),))
    assert (judge(call) == ()) is is_true
    assert judge(held(tmp_path, "played_as_heard: true"))  # nobody was told


def test_a_message_without_a_turn_and_a_task_that_goes_on_are_faults(tmp_path: Path) -> None:
    call = held(tmp_path, "", clerk_heard=("hello",), left_running=("<coroutine x>",))
    assert judge(call) == ("1 messages never became a turn", "a task outlived the call: <coroutine x>")


def test_being_late_counts_on_a_quick_machine_alone(tmp_path: Path) -> None:
    call = held(tmp_path, "answered_within_ms: 300")
    assert judge(call) == ("turn 1 was answered after 600 ms",)
    assert judge(call, unhurried=True) == ()


def witness(asked_at: float, *recognised: tuple[float, float]) -> Witness:
    spans = [Span(int(begin * SECOND), int(end * SECOND)) for begin, end in recognised]
    asked = Asked(message=None, at=int(asked_at * SECOND))  # type: ignore[arg-type]  # its words do not matter
    return Witness(now=lambda: 0, recognised=spans, asked=[asked])


@pytest.mark.parametrize(
    ("one", "early", "waited"),
    [
        (witness(2.9, (2.5, 2.9)), False, False),  # recognised in the pause, asked at once
        (witness(2.9, (2.1, 2.9)), False, False),  # recognition begun speculatively after the last word
        (witness(1.9, (1.5, 1.9)), True, False),  # asked while the caller spoke
        (witness(2.3, (1.5, 2.2)), True, False),  # asked afterwards, with what was said before
        (witness(4.5, (4.0, 4.5)), False, True),  # nothing happened for two seconds
        (witness(4.5, (2.2, 4.4)), False, False),  # the recogniser was slow, and nobody waited
    ],
)
def test_the_faults_of_telephone_bots_are_told_apart(one: Witness, early: bool, waited: bool) -> None:
    said = Done(Act(say=("hi",)), begin=SECOND, end=2 * SECOND)
    reply = [round(5.0 * 50), round(5.1 * 50)]
    answer = answer_to(said, 9 * SECOND, reply, [5 * SECOND], one)
    assert (answer.asked_early, answer.waited_long) == (early, waited)
    assert answer.first_audio_s == pytest.approx(3.0)
