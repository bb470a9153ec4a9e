"""A text that lacks the kind of thing that is asked for is no answer, however alike its words are."""

from __future__ import annotations

import pytest

from core.knowledge.answer_kind import asks_who_or_whence, may_answer, names_such
from core.knowledge.lexicon import load_lexicon

ABOUT = "A shop from Shanghai with sixty products. 掌柜小铺在上海，十二个品类六十种商品。"


@pytest.mark.parametrize(
    ("question", "may"),
    [
        ("掌柜小铺是哪一年开的", False),
        ("what year was the shop founded", False),
        ("how many people work there", False),
        ("how many products do you have", True),
        ("你们店在哪", True),
    ],
)
def test_a_year_or_what_is_counted_must_stand_there(question: str, may: bool) -> None:
    assert may_answer(question, ABOUT, load_lexicon()) is may
    assert may_answer("what year was the shop founded", f"{ABOUT} Founded in 2015.", load_lexicon())


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("键盘用的啥牌子的轴", True),
        ("钱包是哪里产的", True),
        ("where is the leather from", True),
        ("who made it", True),
        ("哪里可以退货", False),
        ("where is my order", False),
    ],
)
def test_who_and_whence_are_told_apart_from_where(question: str, asks: bool) -> None:
    assert asks_who_or_whence(question) is asks
    assert names_such(["material", "brand"]) and not names_such(["material"])
