"""Names on a thing help the photo index to tell it from its neighbours."""

from __future__ import annotations

from core.shop.records import Product, Variant
from core.types import MatchDecision, ProductMatch, SeenText
from perception.lettering.named import Names, names_of


def catalogue() -> Names:
    names = {
        "red": {"en": "Tropicana Mandarin Juice", "zh": "纯果乐橘子汁"},
        "gold": {"en": "Tropicana Grapefruit Juice", "zh": "纯果乐西柚汁"},
        "alpro": {"en": "Alpro Vanilla Soyghurt", "zh": "香草豆乳"},
        "milk": {"en": "Arla Milk", "zh": "纯牛奶"},
    }
    return names_of(
        [
            Product(product_id=key, names=each, variants={f"{key}-1": Variant(item_id=f"{key}-1", options={}, price=1)})
            for key, each in names.items()
        ]
    )


def found(*products: str, decision: MatchDecision = MatchDecision.ASK) -> tuple[ProductMatch, ...]:
    return tuple(
        ProductMatch(attachment_id="a", sku=f"{key}-1", product_id=key, score=0.4 / (at + 1), decision=decision)
        for at, key in enumerate(products)
    )


def lines(*texts: str, top: float = 0.4) -> tuple[SeenText, ...]:
    return tuple(
        SeenText(attachment_id="a", text=text, confidence=0.9, region=(0.4, top, 0.6, top + 0.1)) for text in texts
    )


def order(matches: tuple[ProductMatch, ...]) -> list[str]:
    return [one.product_id for one in matches]


def test_the_candidate_whose_name_is_read_comes_first() -> None:
    for text in ("MANDARIN", "Tropicana MANDARIM", "橘子汁 1L"):
        assert order(catalogue().helped(found("gold", "red", "milk"), lines(text)))[0] == "red"


def test_a_product_that_the_index_did_not_think_of_is_added_with_its_sku() -> None:
    helped = catalogue().helped(found("gold", "milk"), lines("alpro", "Vanilla"))
    (added,) = (one for one in helped if one.product_id == "alpro")
    assert added.sku == "alpro-1" and added.attachment_id == "a" and added.decision is MatchDecision.ASK


def test_scores_stay_probabilities() -> None:
    helped = catalogue().helped(found("gold", "red"), lines("Tropicana", "mandarin", "juice"))
    assert all(0 <= one.score <= 1 for one in helped)
    assert sum(one.score for one in helped) <= 0.6 + 1e-3


def test_a_match_is_not_talked_away() -> None:
    sure = found("gold", "red", decision=MatchDecision.MATCH)
    assert catalogue().helped(sure, lines("Tropicana Mandarin Juice")) == sure


def test_what_is_unknown_becomes_a_question_by_a_whole_name_and_never_a_match() -> None:
    unknown = found("milk", decision=MatchDecision.UNKNOWN)
    whole = catalogue().helped(unknown, lines("Alpro Vanilla", "Soyghurt"))
    assert whole[0].product_id == "alpro" and {one.decision for one in whole} == {MatchDecision.ASK}
    part = catalogue().helped(unknown, lines("Vanilla"))
    assert {one.decision for one in part} == {MatchDecision.UNKNOWN}


def test_a_name_counts_for_the_thing_on_which_it_stands() -> None:
    upper = [ProductMatch(attachment_id="a", sku="gold-1", product_id="gold", score=0.4, decision=MatchDecision.ASK,
                          region=(0.0, 0.0, 1.0, 0.5))]  # fmt: skip
    assert order(catalogue().helped(upper, lines("Mandarin", top=0.8))) == ["gold"]


def test_without_words_and_without_candidates_nothing_changes() -> None:
    assert catalogue().helped(found("gold", "red"), ()) == found("gold", "red")
    assert catalogue().helped((), lines("Mandarin")) == ()
