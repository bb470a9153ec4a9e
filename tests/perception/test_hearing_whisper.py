"""What both Whisper backends make of what their model says."""

import math

import pytest

from perception.hearing.whisper import Stretch, is_clipped, is_loop, likely, prompt, transcript


def stretch(text: str, *, logprob: float = -0.3, no_speech: float = 0.1, ratio: float = 1.2) -> Stretch:
    return Stretch(text=text, avg_logprob=logprob, no_speech_prob=no_speech, compression_ratio=ratio, tokens=10)


@pytest.mark.parametrize(
    ("chances", "speech_s", "language"),
    [
        ({"zh": 0.9, "en": 0.1}, 5.0, "zh"),
        ({"ja": 0.5, "zh": 0.3, "en": 0.1}, 5.0, "zh"),
        ({"cy": 0.55, "en": 0.2, "zh": 0.1}, 5.0, "en"),
        ({"fr": 0.95, "en": 0.03, "zh": 0.01}, 5.0, "fr"),
        ({"vi": 0.95, "en": 0.03, "zh": 0.01}, 1.0, "en"),
        ({"yue": 0.5, "en": 0.3, "zh": 0.1}, 5.0, "zh"),
    ],
)
def test_the_language_is_chinese_or_english_unless_another_is_clearly_likelier(
    chances: dict[str, float], speech_s: float, language: str
) -> None:
    assert likely(chances, speech_s=speech_s) == language


def test_a_sentence_that_repeats_itself_is_a_loop() -> None:
    assert is_loop([stretch("大学生利用漏洞免费吃肯德基。大学生利用漏洞免费吃肯德基。")])
    assert is_loop([stretch("AAAAAAAA", ratio=14.0)])


@pytest.mark.parametrize("text", ["3 3 3 3 3 3 3 3", "no, no, no, no, no, no", "I ordered the red one", ""])
def test_repeated_digits_and_short_words_are_no_loop(text: str) -> None:
    assert not is_loop([stretch(text)])


def test_chinese_is_written_in_simplified_script() -> None:
    assert transcript([stretch("我的訂單什麼時候到？")], "zh").text == "我的订单什么时候到？"


def test_confidence_is_the_mean_probability_of_a_token() -> None:
    heard = transcript([stretch(" a b", logprob=-0.2), stretch(" c d", logprob=-0.4)], "en")
    assert heard.text == "a b c d"
    assert heard.confidence == pytest.approx(math.exp(-0.3))


@pytest.mark.parametrize(
    "doubtful",
    [
        stretch("Thanks for watching!", logprob=-0.9, no_speech=0.8),
        stretch("Thanks for watching!", logprob=-1.5),
        stretch("ha ha ha ha ha ha ha ha", ratio=5.0),
        stretch(" ... "),
    ],
)
def test_what_the_model_itself_doubts_is_not_believed(doubtful: Stretch) -> None:
    assert transcript([doubtful], "en").text == ""
    assert transcript([], "en").confidence == 0


def test_chinese_is_prompted_in_simplified_script_and_english_only_with_a_hint() -> None:
    assert "简体" in (prompt("zh", "") or "")
    assert prompt("en", "") is None
    assert prompt("en", "Luma") == "Luma"


def test_a_hint_in_both_scripts_gives_each_language_its_own_words() -> None:
    hint = "保温杯,ceramic mug，马克杯、vacuum flask"
    assert prompt("en", hint) == "ceramic mug, vacuum flask"
    assert (prompt("zh", hint) or "").endswith("保温杯、马克杯")


@pytest.mark.parametrize(
    ("text", "speech_s", "clipped"),
    [
        ("Where", 1.9, True),
        ("Where is my order?", 1.9, False),
        ("yes", 1.0, False),
        ("我", 2.5, True),
        ("", 3.0, False),
    ],
)
def test_one_word_of_a_whole_sentence_is_taken_for_cut_off(text: str, speech_s: float, clipped: bool) -> None:
    assert is_clipped([stretch(text)], speech_s) is clipped
