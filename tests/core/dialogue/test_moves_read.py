from __future__ import annotations

from pathlib import Path

import pytest

from core.dialogue.advice.moves import load_moves
from core.errors import ConfigError


@pytest.mark.parametrize(
    ("said", "move"),
    [
        ("就要这个", "buy"), ("好的，那就买它了", "buy"), ("I'll take the blue one in M", "buy"), ("来两双", "buy"),
        ("就第一个了", "buy"), ("就它", "buy"), ("就要这个 black 28L", "buy"),
        ("buy the second one", "buy"), ("两件", "order"), ("two pieces", "order"), ("还有吗", "other"),
        ("加到购物车", "cart"), ("加到 cart", "cart"), ("please add it to my basket", "cart"),
        ("下单吧", "order"), ("how do I buy it?", "order"),
        ("有没有别的？", "other"), ("anything else?", "other"), ("都不喜欢", "other"),
        ("show me others please", "other"),
        ("不要这个牌子", "not_this"), ("not that brand", "not_this"), ("I don't like this one", "not_this"),
        ("随便", "any"), ("I don't know", "any"), ("no preference", "any"),
        ("为什么推荐这个", "why"), ("why do you recommend this?", "why"),
        ("不要个性化推荐", "personal_off"), ("stop personalised recommendations", "personal_off"),
        ("stop using my orders to recommend things", "personal_off"), ("别再用我的购买记录", "personal_off"),
        ("根据我买过的东西推荐", "personal_on"), ("recommend something based on my orders", "personal_on"),
    ],
)  # fmt: skip
def test_a_move_is_read_in_both_languages(said: str, move: str) -> None:
    assert load_moves().read(said) == move


@pytest.mark.parametrize(
    "said",
    [
        "我要退这个", "我要这个的发票", "I'll take it back to the shop", "I want to return this", "取消我的订单",
        "how much is it?", "它防水吗", "where is my order", "我要人工", "I want a refund", "把地址改成这个",
        "I'll have another look", "我想问个问题", "来个人", "我要投诉这个客服",
    ],
)  # fmt: skip
def test_other_business_is_no_move(said: str) -> None:
    assert load_moves().read(said) == ""


@pytest.mark.parametrize("written", ["whole: {}", "courtesy: x\nwhole: {buy: ['(']}\npart: {}\nsettles: x"])
def test_a_broken_file_is_named(tmp_path: Path, written: str) -> None:
    file = tmp_path / "advice.yaml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"advice\.yaml"):
        load_moves(file)
