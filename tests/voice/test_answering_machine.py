"""Who answered: people wait for an answer, machines speak on, beep and say so."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from core.ports import Pcm
from tests.voice.answering_machine_scores import greetings, measure
from tests.voice.call_scene import Ear, Line, words
from voice.call.answering_machine import Answered, mailbox_records, who_answered
from voice.call.beep import Beep
from voice.call.endpointing import WINDOW, WINDOW_S
from voice.call.line_words import says
from voice.call.playback import Playback
from voice.call.talk import Talk

SPEECH, HUSH = 1.0, 0.0


def line(*stretches: tuple[float, float], said: Sequence[str] = ()) -> Talk:
    """Return a talk that heard stretches of (probability of speech, seconds); the sound itself is a hiss."""
    far = Line()
    ear = Ear([words(text) for text in said])
    talk = Talk(SimpleNamespace(recognizer=ear), far, Playback(far))  # type: ignore[arg-type]
    random = np.random.default_rng(0)
    for probability, seconds in stretches:
        for _ in range(round(seconds / WINDOW_S)):
            hiss = (0.1 * probability * random.standard_normal(WINDOW)).astype(np.float32)
            talk.windows.put_nowait((probability, hiss))
    return talk


async def answered(*stretches: tuple[float, float], said: Sequence[str] = ()) -> Answered:
    return await who_answered(line(*stretches, said=said), "en")


async def test_a_word_and_then_silence_is_a_person_within_three_seconds() -> None:
    judged = await answered((HUSH, 0.5), (SPEECH, 0.6), (HUSH, 1.0), said=["hello"])
    assert (judged.by, judged.because) == ("human", "a short greeting")
    assert judged.heard_s < 2.0


async def test_who_speaks_on_is_a_machine() -> None:
    judged = await answered((HUSH, 0.3), (SPEECH, 6.0), said=["thank you for calling green garden flowers"])
    assert (judged.by, judged.because, judged.takes_messages) == ("machine", "a long greeting", True)
    assert judged.heard_s == pytest.approx(3.3, abs=0.1)


async def test_pauses_for_breath_do_not_make_a_person_of_a_machine() -> None:
    judged = await answered(*[(SPEECH, 1.0), (HUSH, 0.4)] * 4, said=["we are closed today"])
    assert judged.by == "machine"


async def test_words_tell_a_short_machine_and_the_network() -> None:
    judged = await answered((SPEECH, 0.9), (HUSH, 1.0), said=["请留言"])
    assert (judged.by, judged.takes_messages) == ("machine", True)
    judged = await answered((SPEECH, 1.5), (HUSH, 1.0), said=["您拨打的用户已关机"])
    assert (judged.by, judged.takes_messages) == ("machine", False)


async def test_silence_is_nobody_knows_who() -> None:
    assert (await answered((HUSH, 6.0))).by == "unknown"


async def test_a_recogniser_that_fails_leaves_the_length_to_judge_by() -> None:
    assert (await answered((SPEECH, 0.6), (HUSH, 1.0))).by == "human"
    assert (await answered((SPEECH, 6.0))).by == "machine"


def tone(hz: float, seconds: float, level: float = 0.1) -> Pcm:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * 16_000)) / 16_000)).astype(np.float32)


def beeps(sound: Pcm) -> bool:
    beep = Beep()
    return any([beep.hear(sound[at : at + WINDOW]) for at in range(0, sound.size - WINDOW + 1, WINDOW)])


@pytest.mark.parametrize("hz", [400.0, 440.0, 853.7, 1000.0, 1400.0, 2100.0])
def test_a_steady_tone_is_a_beep_even_in_noise(hz: float) -> None:
    random = np.random.default_rng(1)
    sound = tone(hz, 0.25)
    assert beeps(sound)
    assert beeps(sound + random.normal(0, 0.005, sound.size).astype(np.float32))


def test_what_only_sounds_like_a_tone_is_none() -> None:
    at = np.arange(16_000) / 16_000
    glide = np.sin(2 * np.pi * (420 * at + 40 * at**2)).astype(np.float32)  # a voice that sinks or rises
    vowel = sum(np.sin(2 * np.pi * 420 * n * at) / n for n in range(1, 6)).astype(np.float32)  # type: ignore[union-attr]
    dial = tone(350, 1.0) + tone(440, 1.0)
    hum = tone(100, 1.0)
    click = np.concatenate([tone(1000, 0.05), np.zeros(8000, dtype=np.float32)])
    quiet = tone(1000, 1.0, level=0.001)
    assert [beeps(sound) for sound in (glide, 0.1 * vowel, dial, hum, click, quiet)] == [False] * 6
    assert not beeps(np.zeros(16_000, dtype=np.float32))


async def test_a_mailbox_records_after_its_beep_or_when_it_is_quiet_and_not_while_it_speaks() -> None:
    assert not await mailbox_records(line((SPEECH, 40.0)))
    quiet = line((SPEECH, 2.0), (HUSH, 5.0))
    assert await mailbox_records(quiet)
    assert quiet.windows.qsize() * WINDOW_S == pytest.approx(3.0, abs=0.1)
    beeped = line((SPEECH, 2.0))
    sound = tone(1000, 0.48)
    for at in range(0, sound.size, WINDOW):
        beeped.windows.put_nowait((SPEECH, sound[at : at + WINDOW]))
    beeped.windows.put_nowait((HUSH, np.zeros(WINDOW, dtype=np.float32)))
    assert await mailbox_records(beeped)
    assert beeped.windows.empty()


@pytest.mark.parametrize(
    ("kind", "yes", "no"),
    [
        (
            "do_not_record",
            [
                "don't record this",
                "stop recording",
                "I do not want to be recorded",
                "别录音了",
                "请不要给我录音",
                "取消录音",
                "别录了",
                "不要录我",
            ],
            [
                "is my return recorded?",
                "I want a record player",
                "录音笔多少钱",
                "这个录音机不要了",
                "不要录音笔了，我要退货",
                "取消录音笔的订单",
                "我不想要录像带",
                "no record of my order",
            ],
        ),
        (
            "do_not_call",
            [
                "don't call me again",
                "stop calling me",
                "take me off your list",
                "不要再打电话给我",
                "别打来了",
                "请勿再打电话",
            ],
            ["call me back please", "don't cancel it", "别打折了吗", "请打电话给我"],
        ),
        (
            "it_is_me",
            ["是我", "我就是", "我是本人", "Yes, this is she.", "speaking", "that's me"],
            ["不是我", "who is this?"],
        ),
        (
            "voicemail",
            ["请在提示音后留言", "leave a message after the beep", "I'll get back to you"],
            ["hello", "喂，哪位"],
        ),
        ("unreachable", ["您拨打的号码是空号", "The number you have dialed is not in service"], ["我的号码是多少"]),
    ],
)
def test_words_about_the_call_are_told_from_words_about_the_shop(kind: str, yes: list[str], no: list[str]) -> None:
    assert [text for text in yes if not says(kind, text)] == []
    assert [text for text in no if says(kind, text)] == []


@pytest.mark.models
@pytest.mark.timeout(600)
async def test_real_voices_are_told_apart() -> None:
    chosen = [
        one
        for one in greetings()
        if one.text in ("Hello?", "喂，你好。", "对不起，您拨打的用户已关机。", "Please leave a message.")
    ]
    told = await measure(chosen)
    assert told["wrong"] == []
