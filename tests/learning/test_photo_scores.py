"""Counting what a finder gets right."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.types import MatchDecision
from learning.evaluation.photos import LabelledPhoto, Rank, Ranking, read_photos, score_photos

MATCH, ASK, UNKNOWN = MatchDecision.MATCH, MatchDecision.ASK, MatchDecision.UNKNOWN


def _photo(name: str, product: str) -> LabelledPhoto:
    return LabelledPhoto(file=Path(name), product=product, variant=f"{product} red")


def _finder(answers: dict[str, tuple[str, str, MatchDecision]]) -> object:
    """Return a finder that says what `answers` holds: products in a row, the variant, the decision."""

    async def look(file: Path) -> Rank:
        products, variant, decision = answers[str(file)]

        def rank(hidden: AbstractSet[str]) -> Ranking:
            left = tuple(product for product in products.split() if product not in hidden)
            return Ranking(products=left, variant=variant, decision=UNKNOWN if hidden else decision)

        return rank

    return look


async def test_every_share_is_counted_by_hand() -> None:
    queries = [_photo("1", "cup"), _photo("2", "pot"), _photo("3", "pan"), _photo("4", "lid"), _photo("5", "moon")]
    look = _finder(
        {
            "1": ("cup pot", "cup red", MATCH),
            "2": ("cup pot pan", "cup red", MATCH),
            "3": ("a b c d e pan", "a", ASK),
            "4": ("cup", "cup blue", UNKNOWN),
            "5": ("cup", "cup red", MATCH),
        }
    )
    scores = await score_photos(look, queries, {"cup", "pot", "pan", "lid"})
    assert (scores.photos, scores.recall_at_1, scores.recall_at_5) == (4, 0.25, 0.5)
    assert scores.mrr == pytest.approx((1 + 1 / 2 + 1 / 6) / 4, abs=1e-4)
    assert (scores.variant_right, scores.known_kept, scores.matched, scores.match_precision) == (1.0, 0.75, 0.5, 0.5)
    assert (scores.unknown_photos, scores.unknown_rejected, scores.unknown_matched) == (1, 0.0, 1.0)


async def test_without_strangers_the_right_product_is_hidden_to_imitate_them() -> None:
    scores = await score_photos(_finder({"1": ("cup pot", "cup red", MATCH)}), [_photo("1", "cup")], {"cup"})
    assert (scores.unknown_photos, scores.unknown_rejected) == (1, 1.0)


async def test_only_strangers_leave_recall_empty() -> None:
    scores = await score_photos(_finder({"1": ("cup", "cup red", ASK)}), [_photo("1", "moon")], {"cup"})
    assert (scores.photos, scores.recall_at_1, scores.mrr, scores.match_precision) == (0, None, None, None)
    assert scores.unknown_rejected == 0.0


def test_tables_may_say_product_sku_colour_and_view(tmp_path: Path) -> None:
    table = tmp_path / "images.csv"
    table.write_text(
        "file,sku,color,view\na.jpg,MJ01,red,main\nb.jpg,MJ01,blue,back\nc.jpg,24-B1,,alt\n", encoding="utf-8"
    )
    photos = read_photos(table, split="main,back")
    assert [(p.file.name, p.product, p.variant) for p in photos] == [
        ("a.jpg", "MJ01", "MJ01 red"),
        ("b.jpg", "MJ01", "MJ01 blue"),
    ]
    assert photos[0].file.parent == tmp_path
    assert len(read_photos(table)) == 3


def test_a_table_with_product_and_sku_keeps_both(tmp_path: Path) -> None:
    table = tmp_path / "images.csv"
    table.write_text("file,sku,product_id\na.jpg,CUP-RED,cup\n", encoding="utf-8-sig")
    assert [(p.product, p.variant) for p in read_photos(table)] == [("cup", "CUP-RED")]


@pytest.mark.parametrize(
    ("words", "split", "complaint"),
    [
        ("file,name\na.jpg,x\n", "", "needs a column file and a column sku or product; it has: file, name"),
        ("", "", "needs a column file"),
        ("file,sku\na.jpg,x\n", "back", "no row whose view or split is 'back'"),
        ("file,sku\na.jpg\n", "", r"row 2 .* has no file or no sku"),
    ],
)
def test_a_table_that_does_not_fit_says_why(tmp_path: Path, words: str, split: str, complaint: str) -> None:
    table = tmp_path / "images.csv"
    table.write_text(words, encoding="utf-8")
    with pytest.raises(ConfigError, match=complaint):
        read_photos(table, split=split)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"images\.csv cannot be read"):
        read_photos(tmp_path / "images.csv")
