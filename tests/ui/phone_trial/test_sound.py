"""Levels, echo and noise are what they are said to be."""

from __future__ import annotations

import numpy as np
import pytest

from ui.phone_trial.handset import Conditions, Handset
from ui.phone_trial.sound import SPEECH_RMS, Echo, at_level, babble, noise_at, rms, room, voiced_span

CHANCE = np.random.default_rng(5)


def white(samples: int, level: float = 0.1) -> np.ndarray:
    return (level * CHANCE.standard_normal(samples)).astype(np.float32)


def test_speech_is_brought_to_its_level_without_its_pauses() -> None:
    quiet = np.zeros(32_000, dtype=np.float32)
    sound = at_level(np.concatenate([quiet, white(16_000, 0.01), quiet]))
    assert rms(sound[32_000:48_000]) == pytest.approx(SPEECH_RMS, rel=0.01)
    assert voiced_span(sound) == (32_000, 48_000)


def test_noise_lies_so_many_decibels_below_speech() -> None:
    noise = noise_at(white(160_000, 0.5), snr_db=12)
    assert 20 * np.log10(SPEECH_RMS / rms(noise)) == pytest.approx(12, abs=0.01)


def test_the_murmur_of_many_never_falls_silent() -> None:
    talk = np.concatenate([white(16_000), np.zeros(16_000, dtype=np.float32)])
    murmur = babble([talk] * 8)
    assert min(rms(part) for part in murmur.reshape(-1, 1_600)) > 0.3 * rms(murmur)


def test_a_plain_echo_is_the_same_samples_later_and_softer() -> None:
    out = white(32_000)
    echo = Echo(level_db=-20, delay_ms=100)
    back = np.concatenate([echo(frame) for frame in out.reshape(-1, 320)])
    np.testing.assert_allclose(back[1_600:], 0.1 * out[:-1_600], atol=1e-6)
    assert not np.abs(back[:1_600]).max() > 1e-6


def test_the_echo_of_a_room_has_its_level_and_is_the_convolution() -> None:
    out, response = white(64_000), room()
    echo = Echo(level_db=-15, delay_ms=40, response=response)
    back = np.concatenate([echo(frame) for frame in out.reshape(-1, 320)])
    wanted = 10 ** (-15 / 20) * np.convolve(out, response)[: out.size - 640]
    np.testing.assert_allclose(back[640:], wanted, atol=1e-5)
    assert 20 * np.log10(rms(back[8_000:]) / rms(out)) == pytest.approx(-15, abs=0.3)


def test_a_handset_in_a_cafe_sends_the_noise_at_its_level_and_the_caller_in_it() -> None:
    tone = (0.3 * np.sin(2 * np.pi * 500 * np.arange(16_000) / 16_000)).astype(np.float32)
    slow = np.convolve(white(80_000), np.ones(8) / 8, mode="same").astype(np.float32)  # within the telephone's band
    handset = Handset(Conditions(noise="x", snr_db=20), noise=slow)
    silence = np.zeros(320, dtype=np.float32)
    before = np.concatenate([handset.tick(silence) for _ in range(100)])
    begin, end = handset.say(tone)
    during = np.concatenate([handset.tick(silence) for _ in range(50)])
    assert (begin, end) == (32_000, 48_000)
    assert 20 * np.log10(SPEECH_RMS / rms(before[3_200:])) == pytest.approx(20, abs=1.0)
    assert rms(during) == pytest.approx(SPEECH_RMS, rel=0.05)


def test_a_handset_hears_its_echo_and_counts_when_the_clerk_spoke() -> None:
    handset = Handset(Conditions(echo_db=-10, echo_ms=0))
    silence = np.zeros(320, dtype=np.float32)
    tone = (0.2 * np.sin(2 * np.pi * 500 * np.arange(320) / 16_000)).astype(np.float32)
    quiet = np.concatenate([handset.tick(silence) for _ in range(10)])
    back = np.concatenate([handset.tick(tone) for _ in range(50)])
    assert not quiet.any()
    assert handset.loud_frames[0] == 10
    assert len(handset.loud_frames) == 50
    assert 20 * np.log10(rms(back[8_000:]) / rms(handset.heard[11_200:])) == pytest.approx(-10, abs=3)
