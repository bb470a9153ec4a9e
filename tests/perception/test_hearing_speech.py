"""Real recordings, heard by the default recogniser."""

import wave
from pathlib import Path

import numpy as np
import pytest

from core.registry import build
from perception.hearing.faster_whisper import FasterWhisper

pytestmark = pytest.mark.models
RATE = 16_000


def clip(file: Path) -> np.ndarray:
    with wave.open(str(file)) as source:
        assert (source.getframerate(), source.getnchannels(), source.getsampwidth()) == (RATE, 1, 2)
        return np.frombuffer(source.readframes(source.getnframes()), "<i2").astype(np.float32) / np.float32(32768)


@pytest.fixture(scope="module")
def ears(models: Path) -> FasterWhisper:
    heard: FasterWhisper = build("asr", "faster-whisper:whisper-base?word_times=true", models)
    return heard


async def test_english_is_heard_as_english(ears: FasterWhisper, shared_data: Path) -> None:
    heard = await ears.transcribe(clip(shared_data / "speech/en/jfk.wav"))
    assert heard.language == "en"
    assert "ask not what your country can do for you" in heard.text.lower()
    assert 0.5 < heard.confidence <= 1


async def test_chinese_is_heard_as_chinese_in_simplified_script(ears: FasterWhisper, shared_data: Path) -> None:
    heard = await ears.transcribe(clip(shared_data / "speech/zh/funasr-example.wav"))
    assert heard.language == "zh"
    assert "欢迎大家来体验" in heard.text and "识别模型" in heard.text
    heard = await ears.transcribe(clip(shared_data / "speech/zh/aishell-BAC009S0724W0121.wav"))
    assert "广州市" in heard.text, "the model itself writes 廣 here"


async def test_words_stand_at_their_times_in_the_recording(ears: FasterWhisper, shared_data: Path) -> None:
    speech = clip(shared_data / "speech/en/harvard-spk1_snt5.wav")
    late = np.concatenate([np.zeros(6 * RATE, np.float32), speech])
    heard, heard_late = await ears.transcribe(speech), await ears.transcribe(late)
    assert heard.words[0].text.lower() == "sunday" and heard.words[-1].text.strip(".").lower() == "week"
    assert 0 <= heard.words[0].start_s < heard.words[-1].end_s <= len(speech) / RATE + 0.1
    assert heard_late.words[0].start_s == pytest.approx(heard.words[0].start_s + 6, abs=0.5)


async def test_a_recording_of_more_than_one_window_is_heard_to_its_end(ears: FasterWhisper, shared_data: Path) -> None:
    names = ("jfk", "libri-1995-1837-0001", "fw-right", "LJ050-0131", "harvard-spk1_snt5", "harvard-spk1_snt3")
    speech = np.concatenate([clip(shared_data / f"speech/en/{name}.wav") for name in names])
    assert len(speech) > 35 * RATE
    heard = (await ears.transcribe(speech)).text.lower()
    said = ("fellow americans", "great sorrow", "horizon", "frequent formal review", "best part of the week", "is pure")
    places = [heard.find(words) for words in said]
    assert -1 not in places and places == sorted(places)


@pytest.mark.parametrize("noise", ["sb-noise2", "sb-noise4", "bolna-coffee-shop"])
async def test_recorded_noise_has_no_words(ears: FasterWhisper, shared_data: Path, noise: str) -> None:
    assert (await ears.transcribe(clip(shared_data / f"speech/noise/{noise}.wav"))).text == ""


async def test_a_hint_helps_with_a_name_and_forces_nothing(ears: FasterWhisper, shared_data: Path) -> None:
    speech = clip(shared_data / "speech/en/harvard-spk1_snt5.wav")
    heard = await ears.transcribe(speech, hint="Zhanggui, Luma, Kumquat tea, " * 100)
    assert heard.text.strip(".") == "Sunday is the best part of the week"
    silent = await ears.transcribe(np.zeros(RATE, np.float32), hint="Zhanggui")
    assert silent.text == ""


async def test_what_came_before_changes_nothing(ears: FasterWhisper, shared_data: Path) -> None:
    chinese = clip(shared_data / "speech/zh/funasr-example.wav")
    english = clip(shared_data / "speech/en/harvard-spk1_snt3.wav")
    before = await ears.transcribe(chinese)
    await ears.transcribe(english)
    await ears.transcribe(english, language="en")
    assert await ears.transcribe(chinese) == before
