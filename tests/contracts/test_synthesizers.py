"""Every voice keeps the same promises."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigError, ModelMissingError
from core.ports import Pcm, SpeechSynthesizer
from core.registry import build

WORDS = {"en": "It is on its way.", "zh": "已经发货了。"}
"""Short: every word is synthesized some ten times a voice."""

VOICES = [
    pytest.param(("fake", "en"), id="fake"),
    pytest.param(("fake", "zh"), id="fake-zh"),
    pytest.param(("piper:piper-en_US-joe-medium", "en"), id="piper", marks=pytest.mark.models),
    pytest.param(("kokoro:kokoro-82m-int8", "zh"), id="kokoro", marks=pytest.mark.models),
    pytest.param(("coqui", "en"), id="coqui"),
    pytest.param(("vits", "en"), id="vits"),
]


@cache
def loaded(spec: str, models: Path) -> SpeechSynthesizer:
    voice: SpeechSynthesizer = build("tts", spec, models)
    return voice


@pytest.fixture(scope="session")
def coqui_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("TTS", reason="the extra speech-coqui is not installed")
    from tests.contracts.tiny_vits import save_tiny_vits

    folder = tmp_path_factory.mktemp("tiny-vits")
    save_tiny_vits(folder)
    return folder


@pytest.fixture(scope="session")
def vits_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers", reason="the extra speech-vits is not installed")
    from tests.contracts.tiny_transformers_vits import save_tiny_transformers_vits

    folder = tmp_path_factory.mktemp("transformers-vits")
    save_tiny_transformers_vits(folder)
    return folder


@pytest.fixture(params=VOICES)
def voice(request: pytest.FixtureRequest, models: Path) -> SpeechSynthesizer:
    spec = request.param[0]
    made = {"coqui": "coqui_folder", "vits": "vits_folder"}
    return loaded(f"{spec}:{request.getfixturevalue(made[spec])}" if spec in made else spec, models)


@pytest.fixture
def language(request: pytest.FixtureRequest, voice: SpeechSynthesizer) -> str:
    chosen: str = request.node.callspec.params["voice"][1]
    return chosen


async def spoken(voice: SpeechSynthesizer, text: str, language: str, speed: float = 1.0) -> list[Pcm]:
    return [piece async for piece in voice.speak(text, language=language, speed=speed)]


async def test_words_become_sound_in_range(voice: SpeechSynthesizer, language: str) -> None:
    pieces = await spoken(voice, WORDS[language], language)
    assert pieces
    for piece in pieces:
        assert piece.dtype == np.float32
        assert piece.ndim == 1
        assert np.isfinite(piece).all()
        assert np.abs(piece).max() <= 1.0
    assert np.sqrt(np.mean(np.concatenate(pieces) ** 2)) > 0.005


async def test_the_length_fits_the_declared_rate(voice: SpeechSynthesizer, language: str) -> None:
    rate = voice.capabilities.sample_rate
    assert rate is not None
    seconds = sum(piece.size for piece in await spoken(voice, WORDS[language], language)) / rate
    assert 0.5 < seconds < 12


def test_a_voice_names_its_languages(voice: SpeechSynthesizer, language: str) -> None:
    assert {language, "*"} & set(voice.capabilities.languages)


@pytest.mark.parametrize("nothing", ["", "   \n ", "😊🎉👍🏽", "**", "...", "——", "、。"])
async def test_where_there_is_nothing_to_say_nothing_is_said(
    voice: SpeechSynthesizer, language: str, nothing: str
) -> None:
    assert await spoken(voice, nothing, language) == []


async def test_a_very_long_text_begins_at_once_and_can_be_left(voice: SpeechSynthesizer, language: str) -> None:
    speech = voice.speak((WORDS[language] + " ") * 2_000, language=language)
    first = await anext(speech)
    rate = voice.capabilities.sample_rate or 0
    assert 0 < first.size < 10 * rate
    await speech.aclose()  # type: ignore[attr-defined]  # an async generator, as every backend writes it
    assert await spoken(voice, WORDS[language], language)


async def test_a_cancelled_speech_leaves_the_voice_usable(voice: SpeechSynthesizer, language: str) -> None:
    long = "".join(f"{WORDS[language]} {number}. " for number in range(3_000))  # no clause twice: voices keep them
    speaking = asyncio.create_task(spoken(voice, long, language))
    await asyncio.sleep(0.05)
    speaking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await speaking
    assert await spoken(voice, WORDS[language], language)


async def test_two_speeches_at_once_both_come_out(voice: SpeechSynthesizer, language: str) -> None:
    both = await asyncio.gather(*(spoken(voice, WORDS[language], language) for _ in range(2)))
    assert all(pieces for pieces in both)


async def test_faster_speech_is_shorter(voice: SpeechSynthesizer, language: str) -> None:
    if type(voice).__name__ == "Coqui":
        pytest.skip("random weights draw random durations")
    slow, fast = [
        sum(piece.size for piece in await spoken(voice, WORDS[language], language, speed)) for speed in (0.7, 1.5)
    ]
    assert fast < slow * 0.8


@pytest.mark.parametrize("spec", ["piper:nobody", "kokoro:nobody", "coqui:nobody", "vits:nobody"])
def test_a_missing_voice_says_how_to_fetch_it(spec: str, tmp_path: Path) -> None:
    if spec.startswith("coqui"):
        pytest.importorskip("TTS", reason="the extra speech-coqui is not installed")
    with pytest.raises(ModelMissingError, match="zhanggui models pull nobody"):
        build("tts", spec, tmp_path)


@pytest.mark.models
def test_an_unknown_kokoro_voice_is_named_with_the_known_ones(models: Path) -> None:
    with pytest.raises(ConfigError, match="jf_alpha"):
        build("tts", "kokoro:kokoro-82m-int8?voice=nobody", models)


def test_a_speaker_that_a_coqui_model_lacks_is_refused(coqui_folder: Path, models: Path) -> None:
    with pytest.raises(ConfigError, match="anna"):
        build("tts", f"coqui:{coqui_folder}?speaker=anna", models)


async def test_a_vits_speaks_pieces_of_several_speeches_in_one_batch(coqui_folder: Path, models: Path) -> None:
    from voice.synthesis.coqui import Coqui

    voice: Coqui = build("tts", f"coqui:{coqui_folder}?batch=4&wait_ms=500", models)
    sizes: list[int] = []
    voice.queue.observe = lambda ran: sizes.append(ran.size)
    texts = ("hi there", "where is it", "a much longer sentence that was never spoken before", "no")
    alone = [await voice.queue.do((text, "en", 1.0)) for text in texts]
    sizes.clear()
    together = await voice.queue.do_all([(text, "en", 1.0) for text in texts])
    assert sizes == [4]
    # Random weights draw random lengths, so lengths are compared by what they must be: whole frames, longest longest.
    assert [sound.size % 256 for sound in together] == [0, 0, 0, 0]
    assert max(together, key=len) is together[2] and max(alone, key=len) is alone[2]
    assert all(np.isfinite(sound).all() and sound.any() for sound in together)


@pytest.mark.models
def test_two_kokoro_voices_may_be_blended(models: Path) -> None:
    one, both = (build("tts", f"kokoro:?voice={name}", models) for name in ("jf_alpha", "jf_alpha+jm_kumo"))
    assert one.style.shape == both.style.shape and not np.allclose(one.style, both.style)


def test_a_speaker_that_a_vits_lacks_is_refused(vits_folder: Path, models: Path) -> None:
    with pytest.raises(ConfigError, match="1 speakers"):
        build("tts", f"vits:{vits_folder}?speaker=3", models)
