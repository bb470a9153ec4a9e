"""What was asked for helps to hear the answer, and invents none."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from core.registry import build
from perception.hearing import expected
from perception.hearing.faster_whisper import FasterWhisper
from perception.hearing.recent import Recent
from perception.hearing.whisper import nobody

RATE = 16_000


def scores(*chances: float) -> list[list[float]]:
    """Return one token for each answer."""
    return [[math.log(chance)] for chance in chances]


def test_answers_that_mean_the_same_count_together() -> None:
    answers = (("是的。", 0), ("对。", 0), ("不是。", 1))
    found = expected.chosen(answers, scores(0.3, 0.25, 0.2))
    assert found is not None and found.text == "是的。"
    assert expected.chosen((("是的。", 0), ("不是。", 1)), scores(0.3, 0.25)) is None, (
        "a yes that may be a no is neither"
    )


def test_a_word_forced_on_noise_is_not_taken_though_it_beats_the_others() -> None:
    assert expected.chosen((("Two.", 2), ("Six.", 6)), scores(0.01, 0.0001)) is None
    assert expected.chosen((), []) is None


def test_a_surer_choice_has_a_higher_confidence() -> None:
    answers = (("Two.", 2), ("Six.", 6))
    sure, unsure = expected.chosen(answers, scores(0.5, 0.01)), expected.chosen(answers, scores(0.1, 0.04))
    assert sure is not None and unsure is not None and sure.avg_logprob > unsure.avg_logprob


@pytest.mark.parametrize(
    ("text", "language", "expect", "fits"),
    [
        ("35017", "zh", "digits", True),
        ("三", "zh", "id", True),
        ("Please", "en", "digits", False),
        ("Yes, please.", "en", "yes_no", True),
        ("好嘟", "zh", "yes_no", True),
        ("Crack", "en", "yes_no", False),
        ("Main Street", "en", "address", True),
        ("whatever", "en", "", True),
    ],
)
def test_what_fits_a_question_is_known(text: str, language: str, expect: str, fits: bool) -> None:
    assert expected.fits(text, language, expect) is fits  # type: ignore[arg-type]  # the values are of the type


@pytest.mark.parametrize(
    ("chance", "of_the_words", "is_doubtful", "is_a_sign"),
    [
        (0.05, 0.3, False, True),  # likelier words, within what signs are said more often
        (0.05, 0.9999, False, True),
        (0.001, 0.5, False, False),
        (0.011, 0.5, False, False),  # hardly a sign, and the model is fairly sure of the words
        (0.011, 0.5, True, True),
    ],
)
def test_words_into_our_speech_are_weighed_against_a_sign_of_listening(
    chance: float, of_the_words: float, is_doubtful: bool, is_a_sign: bool
) -> None:
    signs = (("Uh-huh.", 0), ("Right.", 0))
    (words,) = scores(of_the_words)
    found = expected.sign_of_listening(signs, scores(chance / 9, chance), heard=words, is_doubtful=is_doubtful)
    assert (found and found.text) == ("Right." if is_a_sign else None)


def test_without_a_list_of_signs_the_words_stay() -> None:
    assert expected.sign_of_listening((), [], heard=[-9.0], is_doubtful=True) is None


def test_our_own_example_said_back_is_no_number() -> None:
    assert expected.is_example("订单号是W2958304", "zh", "id")
    assert not expected.is_example("W3912701", "zh", "id") and not expected.is_example("35", "en", "")


def test_only_the_last_transcripts_are_kept() -> None:
    recent = Recent()
    for number in range(100):
        recent.keep((str(number).encode(), "en", "", ""), nobody("en"))
    assert recent.get((b"99", "en", "", "")) is not None and recent.get((b"1", "en", "", "")) is None


@pytest.fixture(scope="module")
def ears(models: Path) -> FasterWhisper:
    return build("asr", "faster-whisper:whisper-base", models)  # type: ignore[no-any-return]  # the registry builds any


def recording(file: Path) -> np.ndarray:
    speech, rate = soundfile.read(file, dtype="float32")
    return np.asarray(soxr.resample(speech, rate, RATE), dtype=np.float32)


@pytest.mark.models
async def test_a_digit_alone_on_the_telephone_is_heard_when_digits_were_asked_for(
    ears: FasterWhisper, shared_data: Path
) -> None:
    heard = {
        digit: (await ears.transcribe(recording(file), language="en", expect="digits")).text.strip(".").lower()
        for digit, word in enumerate("zero one two three four five six seven eight nine".split())
        if (file := shared_data / f"speech/digits8k/{digit}_jackson_0.wav").is_file() and word
    }
    words = dict(enumerate("zero one two three four five six seven eight nine".split()))
    right = [digit for digit, text in heard.items() if text in (words[digit], str(digit))]
    assert len(right) >= 8, heard


@pytest.mark.models
async def test_more_silence_after_the_same_words_costs_no_second_decoding(
    ears: FasterWhisper, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = recording(shared_data / "speech/en/harvard-spk1_snt5.wav")
    hiss = (0.0005 * np.random.default_rng(4).standard_normal(RATE)).astype(np.float32)
    first = await ears.transcribe(np.concatenate((speech, hiss[: RATE // 2])), language="en")
    monkeypatch.setattr(type(ears), "_listen", lambda *_: pytest.fail("decoded again"))
    assert await ears.transcribe(np.concatenate((speech, hiss)), language="en") == first


@pytest.mark.models
@pytest.mark.parametrize("expect", ["digits", "yes_no", "listening"])
async def test_noise_is_no_answer_whatever_was_asked(ears: FasterWhisper, expect: str) -> None:
    noise = (0.1 * np.random.default_rng(2).standard_normal(2 * RATE)).astype(np.float32)
    assert (await ears.transcribe(noise, expect=expect)).text == ""  # type: ignore[arg-type]  # the values are of the type
