"""Every detector of finished turns keeps the same promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from core.call_ports import TurnDetector
from core.errors import MediaError, ModelMissingError
from core.registry import build

BACKENDS = ["fake?probability=0.9", pytest.param("smart-turn:smart-turn-v3.2", marks=pytest.mark.models)]


@pytest.fixture(params=BACKENDS)
def detector(request: pytest.FixtureRequest, models: Path) -> TurnDetector:
    built: TurnDetector = build("turn", request.param, models)
    return built


@pytest.fixture
def jfk(shared_data: Path) -> NDArray[np.float32]:
    sound, _ = soundfile.read(shared_data / "speech" / "en/jfk.wav", dtype="float32")
    return np.asarray(sound, dtype=np.float32)


def test_it_hears_at_16_khz(detector: TurnDetector) -> None:
    assert detector.capabilities.sample_rate == 16_000


@pytest.mark.parametrize("seconds", [0.05, 1.0, 8.0, 30.0])
async def test_speech_of_any_length_gets_a_probability(detector: TurnDetector, seconds: float) -> None:
    speech = np.random.default_rng(7).normal(0, 0.1, round(seconds * 16_000)).astype(np.float32)
    assert 0 <= await detector.finished(speech) <= 1


async def test_the_same_speech_is_judged_the_same(detector: TurnDetector, jfk: NDArray[np.float32]) -> None:
    assert await detector.finished(jfk) == await detector.finished(jfk)


async def test_only_silence_is_judged_as_well(detector: TurnDetector) -> None:
    assert 0 <= await detector.finished(np.zeros(16_000, dtype=np.float32)) <= 1


@pytest.mark.parametrize("speech", [np.zeros((2, 160), np.float32), np.full(160, np.nan, np.float32)])
async def test_what_is_no_speech_is_refused(detector: TurnDetector, speech: NDArray[np.float32]) -> None:
    with pytest.raises(MediaError):
        await detector.finished(speech)


@pytest.mark.models
async def test_smart_turn_tells_a_whole_sentence_from_half_of_it(models: Path, jfk: NDArray[np.float32]) -> None:
    network = build("turn", "smart-turn:smart-turn-v3.2", models)
    half = jfk[: round(7.7 * 16_000)]  # "... ask not what your country can do for you, ask"
    assert await network.finished(jfk) > 0.5 > await network.finished(half)


def test_a_missing_network_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match=r"zhanggui models pull smart-turn-v3\.2"):
        build("turn", "smart-turn:smart-turn-v3.2", tmp_path)
