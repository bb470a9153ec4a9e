"""Shares counted by hand, names counted whole, and the picture of what is taken for what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import ConfigError
from learning.datasets import OUT_OF_SCOPE, LabelledText, TextPair
from learning.evaluation.confusion import write_confusion
from learning.evaluation.labels import Guess, area, macro_f1, score_labels
from learning.evaluation.pairs import score_pairs
from learning.evaluation.spans import Span, TaggedText, read_tagged, score_spans, spans_of


def row(*labels: str) -> LabelledText:
    return LabelledText(text="x", labels=labels)


def guess(label: str, confidence: float = 1.0, in_scope: float = 1.0) -> Guess:
    return Guess(label=label, confidence=confidence, in_scope=in_scope)


def test_every_share_is_counted_by_hand() -> None:
    rows = [row("a"), row("a", "b"), row("b"), row(OUT_OF_SCOPE), row(OUT_OF_SCOPE)]
    said = [guess("a"), guess("b"), guess("a"), guess(OUT_OF_SCOPE, in_scope=0.1), guess("a", in_scope=0.9)]
    scores = score_labels(rows, said)
    assert scores.accuracy == 0.6
    assert scores.in_scope_accuracy == pytest.approx(2 / 3, abs=1e-4)
    assert scores.oos_recall == 0.5
    assert scores.auroc == 1.0
    assert (scores.rows, scores.oos_rows) == (5, 2)
    # a: 1 of 3 said, 1 true -> 2/4; b: 1 of 1 said, 2 true -> 2/3; out of scope: 1 of 1 said, 2 true -> 2/3
    assert scores.macro_f1 == pytest.approx((2 / 4 + 2 / 3 + 2 / 3) / 3, abs=1e-4)


def test_without_strangers_there_is_nothing_to_say_of_them() -> None:
    scores = score_labels([row("a")], [guess("a")])
    assert (scores.oos_recall, scores.auroc, scores.in_scope_accuracy) == (None, None, 1.0)


def test_half_sure_and_always_right_is_half_off() -> None:
    assert score_labels([row("a")] * 4, [guess("a", confidence=0.5)] * 4).ece == 0.5


def test_ties_count_half_in_the_area() -> None:
    assert area(np.array([True, False]), np.array([0.5, 0.5])) == 0.5
    assert area(np.array([True, True, False, False]), np.array([0.9, 0.3, 0.5, 0.1])) == 0.75


def test_a_label_that_is_only_said_is_no_class_of_its_own() -> None:
    assert macro_f1(["a", "a"], ["a", "c"]) == pytest.approx(2 / 3)


def test_pairs_are_ranked() -> None:
    pairs = [TextPair(one="a", other="b", same=same) for same in (True, False, True)]
    scores = score_pairs(pairs, np.array([0.9, 0.2, 0.4]), chances=True)
    assert (scores.auc, scores.accuracy) == (1.0, pytest.approx(2 / 3, abs=1e-4))
    assert score_pairs(pairs, np.array([0.9, 0.2, 0.4]), chances=False).accuracy is None


def test_names_count_whole() -> None:
    text = TaggedText(characters=tuple("abcdef"), tags=("B-X", "I-X", "O", "B-Y", "B-Y", "I-Y"))
    assert spans_of(text.tags) == [Span(0, 2, "X"), Span(3, 4, "Y"), Span(4, 6, "Y")]
    scores = score_spans([text], [("B-X", "I-X", "O", "B-Y", "O", "B-Y")])
    assert (scores.precision, scores.recall, scores.f1) == (pytest.approx(0.6667), pytest.approx(0.6667), 0.6667)
    assert scores.f1_of == {"X": 1.0, "Y": 0.5}


def test_a_name_may_begin_with_i() -> None:
    assert spans_of(["I-X", "I-X", "I-Y"]) == [Span(0, 2, "X"), Span(2, 3, "Y")]


def test_tagged_characters_are_read_with_their_spaces(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("苹 B-X\n果 I-X\n  O\n\n\n好\tO\n", encoding="utf-8")
    assert [text.characters for text in read_tagged(file)] == [("苹", "果", " "), ("好",)]
    file.write_text("苹 B-X\n果\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2: a character and a tag"):
        read_tagged(file)
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="holds no texts"):
        read_tagged(file)


def test_the_picture_shows_mistakes_in_red_and_hits_in_green(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.png"
    write_confusion(file, ["a", "a", "b", "b"], ["a", "a", "a", "a"])
    with Image.open(file) as picture:
        colours = {colour for _, colour in picture.getcolors(1 << 20) or ()}
    assert (38, 110, 84) in colours and (196, 64, 48) in colours


def test_the_page_names_what_is_most_often_mistaken_and_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    write_confusion(file, ["<b>", "<b>", "退货"], ["退货", "退货", "退货"])
    page = file.read_text(encoding="utf-8")
    assert "2 × &lt;b&gt; → 退货" in page and "<b>" not in page
    with pytest.raises(ConfigError, match="a picture is a .png or .html file"):
        write_confusion(tmp_path / "a.pdf", ["a"], ["a"])
