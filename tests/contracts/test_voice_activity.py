"""Every detector of speech keeps the same promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from core.call_ports import VoiceActivity
from core.errors import ModelMissingError
from core.registry import build

FRAME = 512
SPEECH = ("en/jfk.wav", "en/fw-right.wav", "en/one-two-three.wav", "zh/aishell-BAC009S0724W0121.wav")

BACKENDS = ["fake", pytest.param("silero:silero-vad", marks=pytest.mark.models)]


@pytest.fixture(params=BACKENDS)
def activity(request: pytest.FixtureRequest, models: Path) -> VoiceActivity:
    detector: VoiceActivity = build("vad", request.param, models)
    return detector


def heard(activity: VoiceActivity, sound: NDArray[np.float32]) -> NDArray[np.float64]:
    listen = activity.stream()
    frames = [sound[at : at + FRAME] for at in range(0, len(sound) - FRAME + 1, FRAME)]
    return np.array([listen(frame) for frame in frames])


def test_it_hears_at_16_khz(activity: VoiceActivity) -> None:
    assert activity.capabilities.sample_rate == 16_000


@pytest.mark.parametrize("clip", SPEECH)
def test_a_recording_of_speech_is_heard_as_speech(activity: VoiceActivity, shared_data: Path, clip: str) -> None:
    sound, rate = soundfile.read(shared_data / "speech" / clip, dtype="float32")
    assert rate == 16_000
    probabilities = heard(activity, sound)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert (probabilities > 0.5).mean() > 0.25  # the fake hears only what is loud


def test_silence_is_not_speech(activity: VoiceActivity) -> None:
    assert heard(activity, np.zeros(16_000, dtype=np.float32)).max() < 0.5


def test_a_faint_hiss_is_not_speech(activity: VoiceActivity) -> None:
    hiss = np.random.default_rng(7).normal(0, 0.005, 3 * 16_000).astype(np.float32)
    assert (heard(activity, hiss) > 0.5).mean() < 0.05


def test_two_streams_do_not_disturb_each_other(activity: VoiceActivity) -> None:
    sound = np.random.default_rng(7).normal(0, 0.1, 40 * FRAME).astype(np.float32)
    alone = heard(activity, sound)
    first, second = activity.stream(), activity.stream()
    together = []
    for at in range(0, len(sound), FRAME):
        together.append(first(sound[at : at + FRAME]))
        second(np.zeros(FRAME, dtype=np.float32))
    assert together == pytest.approx(list(alone), abs=1e-6)


def test_a_broken_sample_does_not_deafen_the_stream(activity: VoiceActivity) -> None:
    listen = activity.stream()
    listen(np.full(FRAME, np.nan, dtype=np.float32))
    listen(np.full(FRAME, np.inf, dtype=np.float32))
    assert 0 <= listen(np.zeros(FRAME, dtype=np.float32)) <= 1


@pytest.mark.parametrize("shape", [(0,), (511,), (513,), (512, 1)])
def test_a_frame_of_another_length_is_refused(activity: VoiceActivity, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="512"):
        activity.stream()(np.zeros(shape, dtype=np.float32))


@pytest.mark.models
@pytest.mark.parametrize("clip", ["noise/bolna-coffee-shop.wav", "noise/sb-noise4.wav"])
def test_silero_does_not_take_noise_for_speech(models: Path, shared_data: Path, clip: str) -> None:
    noise, rate = soundfile.read(shared_data / "speech" / clip, dtype="float32")
    assert rate == 16_000
    assert (heard(build("vad", "silero:silero-vad", models), noise) > 0.5).mean() < 0.2


def test_a_missing_network_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="zhanggui models pull silero-vad"):
        build("vad", "silero:silero-vad", tmp_path)
