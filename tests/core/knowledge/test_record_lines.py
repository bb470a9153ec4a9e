"""A question about a product is answered from the line of its record that means the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import registry
from core.knowledge.lexicon import load_lexicon
from core.knowledge.record_lines import answering_line, asks_more, without_name
from core.shop.records import Product, Variant

LAMP = Product(
    product_id="lamp",
    names={"en": "Firefly Desk Lamp", "zh": "萤火护眼台灯"},
    descriptions={"en": "A stable base and an arm of three joints.", "zh": "底座稳，灯臂三段可折。"},
    attributes={
        "battery": {"en": "4000 mAh, up to 8 hours", "zh": "4000 毫安时，最长 8 小时"},
        "power": {"en": "12 W", "zh": "12 瓦"},
        "warranty": {"en": "2 years", "zh": "整机 2 年"},
    },
    variants={"l1": Variant(item_id="l1", options={"color": "black"}, price=189.0)},
)


@pytest.mark.parametrize(
    ("question", "language", "attribute"),
    [
        ("how many watts is the Firefly lamp", "en", "power"),
        ("how long does the Firefly Desk Lamp run on one charge", "en", "battery"),
        ("萤火台灯多少瓦", "zh", "power"),
        ("萤火台灯充满电能用几个小时", "zh", "battery"),
    ],
)
async def test_the_line_that_answers_is_found(question: str, language: str, attribute: str) -> None:
    encoder = registry.build("sentences", "use", Path())
    line = await answering_line(question, LAMP, language, load_lexicon(), encoder)
    assert line is not None and line.attribute == attribute


@pytest.mark.parametrize(
    ("question", "language"), [("who designed the Firefly lamp", "en"), ("萤火台灯是谁设计的", "zh")]
)
async def test_what_no_line_says_has_no_sure_one(question: str, language: str) -> None:
    encoder = registry.build("sentences", "use", Path())
    line = await answering_line(question, LAMP, language, load_lexicon(), encoder)
    assert line is None or not line.sure
    assert asks_more(question, LAMP, language, load_lexicon())


@pytest.mark.parametrize("question", ["tell me about the Firefly Desk Lamp", "萤火台灯", "Firefly lamp please"])
async def test_who_only_names_it_asks_nothing_more(question: str) -> None:
    language = "en" if question.isascii() else "zh"
    assert not asks_more(question, LAMP, language, load_lexicon())
    assert "lamp" not in without_name(question, LAMP, language, load_lexicon()).lower()


async def test_without_an_encoder_nothing_is_guessed() -> None:
    assert await answering_line("how many watts is the lamp", LAMP, "en", load_lexicon(), None) is None
