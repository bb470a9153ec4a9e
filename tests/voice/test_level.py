"""What is loud enough to be the caller, in a silent room and in a café."""

from __future__ import annotations

import numpy as np

from voice.call.level import Level

RNG = np.random.default_rng(0)


def sound(level: float) -> np.ndarray:
    return (level * RNG.standard_normal(512)).astype(np.float32)


def stands_out(level: Level, loud: float, windows: int) -> int:
    return sum(level.stands_out(sound(loud), is_speech=True) for _ in range(windows))


def test_a_murmur_that_was_there_from_the_beginning_is_the_room() -> None:
    cafe = Level()
    stands_out(cafe, 0.02, 15)
    assert stands_out(cafe, 0.03, 60) == 0
    assert stands_out(cafe, 0.15, 10) == 10, "the caller is louder than the café"


def test_in_a_silent_room_the_first_word_stands_out() -> None:
    quiet = Level()
    stands_out(quiet, 0.0, 40)
    assert stands_out(quiet, 0.02, 10) == 10
