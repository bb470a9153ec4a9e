"""Marks in a text for the ear are done and never said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.reading_aloud import aloud
from voice.reading_aloud.markup import Part, marked
from voice.speaker import Speaker
from voice.synthesis.fake import Tones


def test_a_pause_stands_between_the_words() -> None:
    first, pause, second = marked("Hold on. [pause 0.3] Here it is.")
    assert (first.text.strip(), pause.pause_s, second.text.strip()) == ("Hold on.", 0.3, "Here it is.")


@pytest.mark.parametrize(("language", "said"), [("en", "It is W one two three ."), ("zh", "It is W 一 二 三 .")])
def test_what_is_to_be_spelled_is_said_sign_by_sign(language: str, said: str) -> None:
    (part,) = marked("It is [spell W-123].")
    assert aloud(part.text, language).replace(" ", "") == said.replace(" ", "")


def test_slow_words_are_slow_until_they_end() -> None:
    assert [(part.text.strip(), part.speed < 1) for part in marked("您好 [slow]三九一二[/slow] 谢谢")] == [
        ("您好", False),
        ("三九一二", True),
        ("谢谢", False),
    ]
    assert [part.speed < 1 for part in marked("[slow] to the end")] == [True]


@pytest.mark.parametrize(
    "text", ["a [pause x] b", "a [/slow] b", "a [pause -1] b", "a [ slow quickly b", "a [/spell] b", "a [pause 9e9] b"]
)
def test_malformed_marks_are_left_out(text: str) -> None:
    parts = list(marked(text))
    assert not any(part.pause_s for part in parts)
    assert "[pause" not in "".join(part.text for part in parts) and "[/" not in "".join(part.text for part in parts)


def test_no_pause_is_long_enough_to_seem_the_end() -> None:
    assert list(marked("[pause 900]")) == [Part(pause_s=3.0)]


@given(st.text(alphabet="[]/ pauseslowpell.0123x你", max_size=60))
def test_any_text_is_read_without_complete_marks(text: str) -> None:
    for part in marked(text):
        assert 0 < part.speed <= 1 and 0 <= part.pause_s <= 3


async def length(speaker: Speaker, text: str, speed: float = 1.0) -> float:
    return sum([piece.size async for piece in speaker.speak(text, "en", speed=speed)]) / 16_000


async def test_the_voice_pauses_and_slows_down() -> None:
    speaker = Speaker(voices={"en": Tones()})
    plain = await length(speaker, "abcdef")
    assert await length(speaker, "abcdef[pause 1]") == pytest.approx(plain + 1, abs=0.01)
    assert await length(speaker, "[slow]abcdef[/slow]") > 1.1 * plain


async def test_the_settings_make_all_speech_faster_and_louder() -> None:
    usual, brisk = Speaker(voices={"en": Tones()}), Speaker(voices={"en": Tones()}, speed=1.5, volume=2.0)
    assert await length(brisk, "abcdefghij") < 0.9 * await length(usual, "abcdefghij")
    soft = [piece async for piece in usual.speak("abc", "en")][0]
    loud = [piece async for piece in usual.speak("abc", "en", volume=2.0)][0]
    assert abs(loud).max() == pytest.approx(2 * abs(soft).max())
    with pytest.raises(ValueError, match="volume"):
        await length(Speaker(voices={"en": Tones()}), "abc") and [b async for b in usual.speak("a", "en", volume=9)]
