"""Endpointing on made-up probabilities; every number below is counted in windows of 32 ms."""

from __future__ import annotations

import asyncio

import numpy as np

from core.types import Expect, Language, Transcript
from voice.call.ears import Attention, Ears, Heard, Utterance
from voice.call.endpointing import WINDOW, WINDOW_S, Edge, Endpointing, Patience, Phase
from voice.call.hearing import Hearing

SPEECH, SOFT, HUSH = 0.9, 0.4, 0.05


def follow(endpointing: Endpointing, *stretches: tuple[float, float]) -> list[tuple[Edge, float]]:
    """Hear stretches of (probability, seconds) and return the edges with the second at which each came."""
    edges, windows = [], 0
    for probability, seconds in stretches:
        for _ in range(round(seconds / WINDOW_S)):
            windows += 1
            if edge := endpointing.hear(probability):
                edges.append((edge, round(windows * WINDOW_S, 3)))
    return edges


def names(edges: list[tuple[Edge, float]]) -> list[Edge]:
    """Return the edges without the pauses, of which each test has its own."""
    return [edge for edge, _ in edges if edge not in (Edge.PAUSED, Edge.RESUMED)]


def test_silence_is_nothing() -> None:
    endpointing = Endpointing()
    assert follow(endpointing, (HUSH, 60)) == []
    assert endpointing.phase is Phase.QUIET


def test_an_utterance_starts_once_it_is_certain_and_ends_after_the_trailing_silence() -> None:
    edges = follow(Endpointing(), (HUSH, 1), (SPEECH, 2), (HUSH, 2))
    assert names(edges) == [Edge.STARTED, Edge.ENDED]
    (_, started), (_, paused), (_, ended) = edges
    assert 3.0 < paused <= 3.05
    assert 1.1 <= started <= 1.25
    assert 3.65 <= ended <= 3.8


def test_a_short_yes_is_an_utterance() -> None:
    assert names(follow(Endpointing(), (SPEECH, 0.2), (HUSH, 1))) == [Edge.STARTED, Edge.ENDED]


def test_a_click_is_dropped_and_the_next_word_is_heard() -> None:
    edges = follow(Endpointing(), (SPEECH, 0.06), (HUSH, 1), (SPEECH, 1), (HUSH, 1))
    assert names(edges) == [Edge.DROPPED, Edge.STARTED, Edge.ENDED]


def test_a_pause_within_a_sentence_does_not_end_it() -> None:
    edges = follow(Endpointing(), (SPEECH, 1), (HUSH, 0.5), (SPEECH, 1), (HUSH, 1))
    assert names(edges) == [Edge.STARTED, Edge.ENDED]


def test_a_longer_pause_makes_two_utterances() -> None:
    edges = follow(Endpointing(), (SPEECH, 1), (HUSH, 0.9), (SPEECH, 1), (HUSH, 1))
    assert names(edges) == [Edge.STARTED, Edge.ENDED, Edge.STARTED, Edge.ENDED]


def test_a_soft_end_of_a_word_keeps_speech_going_but_cannot_begin_it() -> None:
    assert follow(Endpointing(), (SOFT, 5)) == []
    edges = follow(Endpointing(), (SPEECH, 0.5), (SOFT, 2), (HUSH, 1))
    assert names(edges) == [Edge.STARTED, Edge.ENDED]
    assert edges[-1][1] > 3.1


def test_endless_speech_is_taken_in_parts_at_the_cap() -> None:
    edges = follow(Endpointing(Patience(cap_s=5)), (SPEECH, 11))
    assert names(edges) == [Edge.STARTED, Edge.ENDED, Edge.STARTED, Edge.ENDED, Edge.STARTED]
    assert edges[1][1] < 5.1


def test_patience_may_grow_during_a_pause() -> None:
    endpointing = Endpointing()
    assert names(follow(endpointing, (SPEECH, 1), (HUSH, 0.5))) == [Edge.STARTED]
    endpointing.hold_s = 3
    assert names(follow(endpointing, (HUSH, 2), (SPEECH, 1), (HUSH, 1))) == [Edge.ENDED]


def test_less_patience_ends_at_once_a_pause_that_was_long_enough_and_nothing_else() -> None:
    endpointing = Endpointing()
    follow(endpointing, (SPEECH, 1), (HUSH, 0.5))
    endpointing.hold_s = 0.6
    assert endpointing.settle() is None
    endpointing.hold_s = 0.3
    assert endpointing.settle() is Edge.ENDED and endpointing.phase is Phase.QUIET
    follow(endpointing, (SPEECH, 1))
    assert endpointing.settle() is None and endpointing.phase is Phase.SPEAKING


def test_reset_forgets_what_was_being_said() -> None:
    endpointing = Endpointing()
    follow(endpointing, (SPEECH, 1))
    endpointing.reset()
    assert follow(endpointing, (HUSH, 2)) == []


def test_a_pause_is_told_early_and_so_is_speech_that_goes_on() -> None:
    edges = follow(Endpointing(), (SPEECH, 1), (HUSH, 0.4), (SPEECH, 0.5))
    assert [edge for edge, _ in edges] == [Edge.STARTED, Edge.PAUSED, Edge.RESUMED]
    (_, paused), (_, resumed) = edges[1:]
    assert 1.0 < paused <= 1.05 and 1.45 <= resumed <= 1.55


def test_a_breath_in_a_pause_neither_goes_on_nor_begins_the_silence_anew() -> None:
    edges = follow(Endpointing(), (SPEECH, 1), (HUSH, 0.4), (SPEECH, 0.06), (HUSH, 1))
    assert names(edges) == [Edge.STARTED, Edge.ENDED]
    assert edges[-1][1] <= 1.8


def test_what_is_surely_whole_ends_early() -> None:
    endpointing = Endpointing()
    follow(endpointing, (SPEECH, 1), (HUSH, 0.25))
    endpointing.hold_s = endpointing.patience.early_s
    [(edge, after)] = follow(endpointing, (HUSH, 1))
    assert edge is Edge.ENDED and after <= 0.1
    assert endpointing.ended_silent_s <= 0.36


async def test_a_pause_that_was_long_enough_ends_when_its_words_are_known_and_not_at_the_next_window() -> None:
    known = asyncio.Event()

    class Ear:
        async def transcribe(
            self, speech: np.ndarray, *, language: Language | None = None, hint: str = "", expect: Expect = ""
        ) -> Transcript:
            await known.wait()
            return Transcript(text="Yes.", language="en", confidence=0.9)

    heard: asyncio.Queue[Heard] = asyncio.Queue()
    async with asyncio.TaskGroup() as tasks:
        hearing = Hearing(recognizer=Ear(), detector=None, patience=Patience(), tasks=tasks, language="en")  # type: ignore[arg-type]  # a part of one
        ears = Ears(lambda window: float(window[0]), hearing, heard)
        ears.attend(Attention.WAITING)

        async def windows():
            for level in [SPEECH] * 10 + [HUSH] * 14:
                yield np.full(WINDOW, level, np.float32)
                await asyncio.sleep(0)
            known.set()
            said = await asyncio.wait_for(heard.get(), 5)  # and no window more
            assert isinstance(said, Utterance) and (await said.guess.words()).text == "Yes."

        await ears.run(windows())
    assert heard.empty()


async def test_a_sentence_that_has_just_ended_is_judged_with_the_pause_that_its_detector_learned_with() -> None:
    class Mute:
        async def transcribe(self, speech: np.ndarray, **asked: str | None) -> Transcript:
            return Transcript(text="Yes.", language="en", confidence=0.9)

    class Judge:
        heard: np.ndarray

        async def finished(self, speech: np.ndarray) -> float:
            self.heard = speech
            return 0.9

    judge, said = Judge(), np.ones(8_000, np.float32)
    async with asyncio.TaskGroup() as tasks:
        hearing = Hearing(recognizer=Mute(), detector=judge, patience=Patience(), tasks=tasks, language="en")  # type: ignore[arg-type]  # parts of them
        await hearing.guess(said).words()
    assert judge.heard.size == said.size + 3_200 and not judge.heard[said.size :].any()
