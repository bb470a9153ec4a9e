from __future__ import annotations

import time

import pytest

from core.understand import rules
from core.understand.entities import find_entities, without
from core.understand.language import detect
from core.understand.normalise import normalise
from core.understand.numerals import count


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("我的訂單到哪裡了？", "我的订单到哪里了?"),
        ("订单Ｗ１２３４５６７", "订单W1234567"),
        ("订单 W 三九一二七零一", "订单 W3912701"),
        ("幺三八零零幺三八零零零", "13800138000"),
        ("w three nine one two seven zero one", "w3912701"),
        ("double five triple one two", "551112"),
        ("maria dot sousa at example dot com", "maria.sousa@example.com"),
        ("it's s o u s a nine nine at example dot com", "it's sousa99@example.com"),
        ("我的邮箱是maria点sousa艾特example点com谢谢", "我的邮箱是maria.sousa@example.com谢谢"),
        ("chen.jing@example.com dot", "chen.jing@example.com dot"),
        ("look at this at home", "look at this at home"),
        ("I want two of them", "I want two of them"),
        ("一二三", "一二三"),
        ("你们的退货,政策是什么?", "你们的退货政策是什么?"),
        ("我想退货,你们的政策是什么", "我想退货,你们的政策是什么"),
        ("zero\u200bwidth\x00", "zerowidth"),
        ("", ""),
    ],
)
def test_what_is_said_is_written_out(said: str, written: str) -> None:
    assert normalise(said) == written


@pytest.mark.parametrize(
    ("words", "number"), [("3", 3), ("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("x", None)]
)
def test_small_numbers_are_read(words: str, number: int | None) -> None:
    assert count(words) == number


@pytest.mark.parametrize(
    "piece", ["谢谢", ",", "a ", "1 ", "one ", "再", "no, ", "@", "x@y.", "#", "第", " dot com", "我的", "\u202e"]
)
def test_a_long_repetition_is_read_in_good_time(piece: str) -> None:
    before = time.process_time()
    text = normalise(piece * (4000 // len(piece)))
    entities = find_entities(text, identifying=True, listing=True)
    rules.certain(without(text, entities))
    rules.corrected(text)
    detect(text)
    assert time.process_time() - before < 5, "a pattern takes exponential time"
