"""What failed is shown; the open-set curve says what a threshold costs."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from core.types import MatchDecision
from learning.evaluation.photos import Answers, LabelledPhoto, Ranking, counted
from learning.evaluation.photos_html import failures_page


def _said(decision: str, known: float, *products: str) -> Ranking:
    return Ranking(products=products, variant="", decision=MatchDecision(decision), known=known)


def _photo(folder: Path, product: str) -> LabelledPhoto:
    file = folder / f"{len(list(folder.iterdir()))}.png"
    Image.new("RGB", (300, 20), "red").save(file)
    return LabelledPhoto(file=file, product=product, variant=product)


def _answers(folder: Path) -> Answers:
    return Answers(
        known=(
            (_photo(folder, "cup"), _said("match", 0.9, "cup", "mug")),
            (_photo(folder, "cup"), _said("ask", 0.7, "mug", "cup")),
            (_photo(folder, "mug"), _said("match", 0.8, "cup", "mug")),
            (_photo(folder, "<jug>"), _said("unknown", 0.2, "cup")),
        ),
        unknown=(_said("unknown", 0.1, "cup"), _said("ask", 0.75, "cup")),
        each_s=0.01,
    )


def test_a_right_question_serves_the_customer_and_a_wrong_match_does_not(tmp_path: Path) -> None:
    scores = counted(_answers(tmp_path))
    assert scores.decision_accuracy == 0.5
    assert scores.known_kept == 0.75


def test_the_curve_falls_in_what_is_kept_and_rises_in_what_is_rejected(tmp_path: Path) -> None:
    curve = counted(_answers(tmp_path)).open_set
    assert [kept for _, kept, _ in curve] == [1.0, 0.75, 0.5, 0.25]
    assert [rejected for _, _, rejected in curve] == [0.5, 0.5, 1.0, 1.0]
    assert counted(_answers(tmp_path)).rejected_at_90 == 0.5


def test_the_page_shows_only_what_failed_with_its_pictures_inside(tmp_path: Path) -> None:
    answers = _answers(tmp_path)
    page = failures_page(counted(answers), answers, [_photo(tmp_path, name) for name in ("cup", "mug", "<jug>")])
    assert page.count("<section>") == 2
    assert "&lt;jug&gt;" in page
    assert "<jug>" not in page
    assert page.count('src="data:image/jpeg;base64,') == 2 * 3
