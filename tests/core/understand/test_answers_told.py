"""Yes, no and wait; how the customer feels; a request without its greeting."""

from __future__ import annotations

import pytest

from core.types import Affirm, CancelFlow, Deny, Repeat
from core.understand import rules
from core.understand.courtesy import bare_request
from core.understand.sentiment import ANGRY, sentiment


@pytest.mark.parametrize(
    "said",
    [
        "yes please go ahead with both", "confirm", "go for it", "Yes, that's correct. Please proceed.", "sure, do it",
        "I confirm, yes", "没问题就这么办", "好的 两个都办", "确认无误，提交吧", "行，就这么办吧，谢谢",
        "嗯嗯好的", "ok", "ye", "mhm", "yes go ahead, and thanks for the help!",
    ],
)  # fmt: skip
def test_a_whole_yes_is_a_yes(said: str) -> None:
    assert isinstance(rules.certain(said, asked=True), Affirm)


@pytest.mark.parametrize(
    "said",
    [
        "no wait",
        "hold on",
        "等一下",
        "no, don't do that",
        "先别办",
        "not yet",
        "等等我再想想",
        "不对",
        "that's wrong",
        "no no no",
    ],
)
def test_no_and_wait_are_a_no_where_we_asked(said: str) -> None:
    assert isinstance(rules.certain(said, asked=True), Deny)


@pytest.mark.parametrize("said", ["那算了", "那就算了吧", "hm ok then don't", "okay, don't bother then", "never mind"])
def test_giving_it_up_drops_what_is_going_on(said: str) -> None:
    assert isinstance(rules.certain(said, asked=True), CancelFlow)


def test_an_apology_before_asking_again_changes_nothing_of_it() -> None:
    assert isinstance(rules.certain("sorry, can you say that again?"), Repeat)


@pytest.mark.parametrize(
    "said",
    [
        "yes, but to PayPal", "好的，退到礼品卡", "yes but only the kettle", "可以退货吗", "是吗", "对了",
        "right away?", "okay so what now", "yes what about shipping", "no, the other one", "不是，是第二个",
        "不好意思", "要多久",
    ],
)  # fmt: skip
def test_what_says_more_is_neither(said: str) -> None:
    assert not isinstance(rules.certain(said, asked=True), Affirm | Deny)


@pytest.mark.parametrize(
    "said", ["我要报警", "你们这群骗子", "I will take legal action", "the worst store ever!!!", "fuck off"]
)
def test_insults_and_threats_are_anger(said: str) -> None:
    assert sentiment(said) <= ANGRY


@pytest.mark.parametrize(
    "said", ["这是第三次了!!!", "不满意", "not happy with this", "WHERE IS MY ORDER NOW", "质量不好"]
)
def test_displeasure_is_told_and_is_not_yet_anger(said: str) -> None:
    assert ANGRY < sentiment(said) < 0


@pytest.mark.parametrize(
    "said", ["垃圾桶多少钱", "滚筒洗衣机有吗", "满100不满50", "I'm not angry", "where is my order", "W3912701"]
)
def test_matter_of_fact_words_are_no_feeling(said: str) -> None:
    assert sentiment(said) == 0


@pytest.mark.parametrize(
    ("said", "request_"),
    [
        ("hello, what do you sell?", "what do you sell?"),
        ("喂你好我想查一下我的订单谢谢", "我想查一下我的订单"),
        ("hello", "hello"),
        ("谢谢你的帮助", "谢谢你的帮助"),
        ("high quality mugs please", "high quality mugs"),
    ],
)
def test_a_request_is_read_without_greeting_and_thanks(said: str, request_: str) -> None:
    assert bare_request(said) == request_
