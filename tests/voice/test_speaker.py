"""The clerk speaks each language with its own voice, at the rate that is asked for."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from core.config import Backends
from core.errors import BackendError
from voice.speaker import Speaker, build_speaker
from voice.synthesis.fake import Tones


@pytest.fixture
def speaker() -> Speaker:
    return Speaker(voices={"en": Tones(rate_hz=22_050), "zh": Tones(rate_hz=24_000)})


async def length(speaker: Speaker, language: str, rate_hz: int | None) -> int:
    return sum([piece.size async for piece in speaker.speak("abc, 你好。 def.", language, rate_hz=rate_hz)])


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 48_000])
async def test_speech_comes_at_the_rate_that_was_asked_for(speaker: Speaker, rate_hz: int) -> None:
    own = await length(speaker, "en", None)
    assert await length(speaker, "en", rate_hz) / rate_hz == pytest.approx(own / 22_050, abs=0.001)


async def test_pieces_are_resampled_as_one_stream(speaker: Speaker) -> None:
    own, low = [
        np.concatenate([piece async for piece in speaker.speak("abc, def. ghi.", "en", rate_hz=rate)])
        for rate in (None, 8_000)
    ]
    at_once = soxr.resample(own, 22_050, 8_000)
    assert np.allclose(low, at_once[: low.size], atol=0.001)


async def test_a_wav_file_holds_what_was_spoken(speaker: Speaker) -> None:
    sound, rate = soundfile.read(io.BytesIO(await speaker.to_wav("Hello there.", "en", rate_hz=16_000)))
    assert rate == 16_000
    assert sound.ndim == 1
    assert len(sound) > 0.3 * rate
    assert np.abs(sound).max() > 0.1


async def test_nothing_to_say_makes_no_file(speaker: Speaker) -> None:
    assert await speaker.to_wav("😊", "en") == b""


async def test_a_regional_tag_finds_its_language(speaker: Speaker) -> None:
    assert speaker.voice("zh-CN") is speaker.voices["zh"]
    assert await speaker.to_wav("你好", "zh-CN")


async def test_a_language_without_a_voice_is_named(speaker: Speaker) -> None:
    assert speaker.voice("fr") is None
    with pytest.raises(BackendError, match=r"'fr' \(voices: en, zh\)"):
        await speaker.to_wav("Bonjour", "fr")


@pytest.mark.parametrize("speed", [0.0, 0.2, 3.0, float("nan")])
async def test_a_speed_that_nobody_can_follow_is_refused(speaker: Speaker, speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        await speaker.to_wav("Hello", "en", speed=speed)


def test_the_configuration_may_switch_a_voice_off(tmp_path: Path) -> None:
    speaker = build_speaker(Backends(tts_en="fake", tts_zh=""), tmp_path)
    assert list(speaker.voices) == ["en"]


def test_one_spec_for_two_languages_is_loaded_once(tmp_path: Path) -> None:
    speaker = build_speaker(Backends(tts_en="fake", tts_zh="fake"), tmp_path)
    assert speaker.voices["en"] is speaker.voices["zh"]
