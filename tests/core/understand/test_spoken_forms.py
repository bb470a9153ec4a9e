"""Ids, e-mails and numbers as they are dictated; ordinary words beside them stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.understand.entities import find_entities
from core.understand.normalise import normalise

PIECES = st.sampled_from(
    "one two double five oh 零 三九一二七零一 两 W w- 39 12 701 #W3912701 at dot 点 艾特 com example sousa @ . , "
    "下划线 - _ zip 邮编 "
    "10065 我是 陈静 I'm Maria Sousa 退 两件 除了 水壶 都 742 Sunset Drive Suite New York NY visa 尾号 1234 "
    "不要 not yes 第二个 "
    "上海市 静安区 南京西路 100号 明天 3点 $ 5 元 税号 抬头 except the kettle keep ２ 訂單 é \u200b \u0301 \n".split(
        " "
    )
)


@given(
    st.one_of(
        st.text(max_size=60), st.lists(PIECES, max_size=14).map(" ".join), st.lists(PIECES, max_size=10).map("".join)
    )
)
@example("maria dot s o u s a nine nine at example dot com")
@example("seven forty two sunset drive suite one nine one new york new york one zero zero six five")
def test_what_is_normalised_stays_so_and_entities_lie_where_they_say(text: str) -> None:
    written = normalise(text)
    assert normalise(written) == written
    for identifying in (False, True):
        for entity in find_entities(written, identifying=identifying, listing=identifying):
            assert written[entity.start : entity.end] == entity.text
            assert entity.value


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("m a r i a 点 sousa 九九 at example 点 com", "maria.sousa99@example.com"),
        ("maria underscore sousa at mail dot example dot co dot uk", "maria_sousa@mail.example.co.uk"),
        ("邮箱是chen下划线jing艾特一六三点com", "邮箱是chen_jing@163.com"),
        ("maria.sousa 99 at example.com", "maria.sousa99@example.com"),
        ("it's john smith at gmail dot com", "it's johnsmith@gmail.com"),
        ("m as in mike a x at example dot com", "max@example.com"),
        ("chen dash jing at example dot com", "chen-jing@example.com"),
        ("W three nine one two seven zero one", "W3912701"),
        ("w-3912701", "w3912701"),
        ("W as in whiskey 3912701", "W3912701"),
        ("w for william, 3912701", "w3912701"),
        ("W 39 12 701", "W3912701"),
        ("井号 W 三九一二七零一", "#W3912701"),
        ("hash W three nine one two seven oh one", "#W3912701"),
        ("double u three nine one two seven oh one", "W3912701"),
        ("order number 391 2701", "order number 3912701"),
        ("zip nine four one oh seven", "zip 94107"),
        ("zip twenty eight two three six", "zip 28236"),
        ("postcode n one seven a a", "postcode N17AA"),
        ("double five triple zero nine", "550009"),
        ("三九一2701", "3912701"),
    ],
)
def test_dictation_is_written_out(said: str, written: str) -> None:
    assert normalise(said) == written


@pytest.mark.parametrize(
    "text",
    [
        "I bought it at amazon.com", "look at this. me too", "what time at noon", "one by one",
        "I need one for two people",
        "double the order", "a 1000 ml bottle", "a 10000 mAh power bank", "fifty fifty",
        "sizes 1, 2, 3, 4", "oh one more thing",
        "第一个", "一起退", "三三两两", "我要买两个", "W3912701一共多少钱", "买了三四天", "at home",
        "no one to talk to", "I like it", "I don't like these", "I like ice cream", "a W for the shop",
    ],
)  # fmt: skip
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders #W2702727 and 8268610", {"order_id": ["#W2702727", "#W8268610"]}),
        ("Yusuf Rossi, 19122", {"name": ["Yusuf Rossi"], "zip": ["19122"]}),
        ("I'm yusuf rossi zip 19122", {"name": ["yusuf rossi"], "zip": ["19122"]}),
        ("陈静 200040", {"name": ["陈静"], "zip": ["200040"]}),
        ("你好我叫王小明邮编五一八零四八", {"name": ["王小明"], "zip": ["518048"]}),
        ("my name is Jean-Luc O'Neil", {"name": ["Jean-Luc O'Neil"]}),
        ("this is josé garcía, I live in Denver, 80280", {"name": ["josé garcía"], "zip": ["80280"]}),
        ("my e-mail is maria@example.com", {"email": ["maria@example.com"]}),
        ("my friend's e-mail is maria@example.com", {}),
        ("我朋友的邮箱是maria@example.com", {}),
        ("maria@example.com is my sister's", {}),
        ("her name is Maria Sousa", {}),
        ("I'm looking for shoes", {}),
        ("i am very angry", {}),
        ("this is New York, 10065", {"zip": ["10065"]}),
    ],
)
def test_who_speaks_and_about_which_orders(text: str, expected: dict[str, list[str]]) -> None:
    found: dict[str, list[str]] = {}
    for entity in find_entities(normalise(text), identifying=False, listing=False):
        if entity.kind in ("order_id", "name", "zip", "email"):
            found.setdefault(entity.kind, []).append(entity.value)
    assert found == expected
