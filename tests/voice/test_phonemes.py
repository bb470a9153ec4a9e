"""Words become sounds, in the notation that each voice was trained on."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.phonemes import english, espeak, mandarin
from voice.phonemes.guess import guesser
from voice.phonemes.lexicon import spell


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("order", "ˈɔɹdəɹ"),
        ("Your refund, please!", "jʊɹ ɹəfˈʌnd, plˈiz!"),
        ("the order, the kettle", "ði ˈɔɹdəɹ, ðə kˈɛɾᵊl"),
        ("a kettle to us", "ə kˈɛɾᵊl tʊ ˌʌs"),
        ("customer's", "kˈʌstəməɹz"),
        ("customers' boxes", "kˈʌstəməɹz bˈɑksᵻz"),
        ("re-shipped", "ɹˌA ʃˈɪpt"),
        ("USB", "jˌuˌɛsbˈi"),
        ("PayPal", "pˈApˌæl"),
        ("iPhone", "ˈIfˈOn"),
        ("earbuds", "ˈɪɹbˌʌdz"),
        ("café", "kæfˈA"),
        ("W", "dˈʌbᵊlju"),
        ("I'm OK", "ˌIm ˌOkˈA"),
        ("A B, A kettle, plan A", "ˈA bˈi, ə kˈɛɾᵊl, plˈæn ˈA"),
        ("I", "ˈI"),
        ("(now)", ", nˈW,"),
        ("12 你好", ""),
    ],
)
def test_english_sounds_as_the_dictionary_says(text: str, said: str) -> None:
    assert english.phonemes(text) == said


@pytest.mark.parametrize(
    ("misaki", "written"),
    [
        ("ˈɔɹdəɹ", "ˈɔːɹdɚ"),
        ("dəlˈɪvəɹi", "dəlˈɪvɚɹi"),
        ("ɹətˈɜɹn", "ɹətˈɜːn"),
        ("əkˈWnt", "ɐkˈaʊnt"),
        ("wi", "wiː"),
        ("hˈæpi", "hˈæpi"),
        ("ʧˈAnʤ", "tʃˈeɪndʒ"),
        ("kˈɛɾᵊl", "kˈɛɾəl"),
    ],
)
def test_piper_gets_the_notation_of_espeak(misaki: str, written: str) -> None:
    assert espeak.from_misaki(misaki) == written


def test_a_word_of_no_dictionary_is_spelled_without_the_network(tmp_path: Path) -> None:
    assert english.phonemes("zxqv", guesser(tmp_path)) == spell("zxqv")


@pytest.mark.models
def test_a_word_of_no_dictionary_is_guessed_with_the_network(models: Path) -> None:
    assert english.phonemes("Nespresso", guesser(models)) == "nˌɛspɹˈɛsO"


@pytest.mark.models
def test_letters_without_a_vowel_are_spelled_even_so(models: Path) -> None:
    assert guesser(models)("zxqv") == spell("zxqv")


def test_mandarin_keeps_tones_words_and_pauses() -> None:
    assert mandarin.phonemes("您好，谢谢。", str.upper) == "ni↗nxau↓, ɕje↘ɕje↘."


def test_english_within_mandarin_is_spoken_as_english() -> None:
    said = mandarin.phonemes("您的 iPhone 到了", english.phonemes)
    assert "ˈIfˈOn" in said


def test_loading_the_chinese_dictionary_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    mandarin.phonemes("掌柜", str.upper)
    assert capfd.readouterr() == ("", "")
