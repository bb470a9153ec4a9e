"""Text is cut where a voice may breathe, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.synthesis.pieces import pause_s, pieces


def cut(text: str, first: int = 2, most: int = 60) -> list[str]:
    return list(pieces(text, first=first, most=most))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("您好，订单已发货。", ["您好，", "订单已发货。"]),
        ("Hello, your order is here.", ["Hello,", "your order is here."]),
        ("It costs 3.5 dollars at 10:30.", ["It costs 3.5 dollars at 10:30."]),
        ("One. Two. Three. Four, five. Six.", ["One.", "Two.", "Three.", "Four, five.", "Six."]),
    ],
)
def test_a_text_is_cut_at_its_clauses(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_the_first_piece_is_no_shorter_than_asked() -> None:
    assert cut("Yes, it is, of course.", first=10)[0] == "Yes, it is,"


def test_a_clause_without_an_end_is_cut_between_words() -> None:
    text = "word " * 100
    assert all(piece.split() == ["word"] * len(piece.split()) and len(piece) <= 60 for piece in cut(text))


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("这款无线耳机的价格是一百二十九点九元，现在有货。", "这款无线耳机的价格是"),
        ("您好，这款无线耳机的价格是一百二十九点九元。", "您好，"),
        ("Your order that you placed yesterday was shipped on Monday.", "Your order"),
    ],
)
def test_a_slow_voice_begins_within_a_long_clause(text: str, opening: str) -> None:
    parts = list(pieces(text, first=2, most=60, start=12))
    assert parts[0] == opening
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(text=st.text(alphabet="ab 。，.,!\n好的", max_size=300), first=st.integers(1, 20), most=st.integers(20, 80))
def test_nothing_is_lost_and_no_piece_is_too_long(text: str, first: int, most: int) -> None:
    parts = cut(text, first, most)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part and len(part) <= most for part in parts)


def test_a_sentence_rests_longer_than_a_clause() -> None:
    assert pause_s("好的。") == pause_s("Good.") > pause_s("好的，") == pause_s("Well,")
    assert pause_s("价格是") < pause_s("好的，"), "a clause that goes on is not interrupted"
