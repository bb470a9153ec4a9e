from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("保温杯和马克杯有什么区别", "价格：远山真空保温杯 ¥99 - ¥139；晨光陶瓷马克杯 ¥49"),
        ("compare the suitcase and the backpack", "weight: "),
        ("保温杯和马克杯哪个便宜", "论价格是晨光陶瓷马克杯"),
        ("which is lighter, the suitcase or the backpack", "the lighter is the Drifting Cloud Commuter Backpack"),
    ],
)
async def test_products_are_compared_by_their_records(talk: Talk, asked: str, expected: str) -> None:
    assert expected in await talk(asked)
    assert len(talk.cited) == 2


async def test_a_comparison_tells_only_what_differs_and_no_opinion(talk: Talk) -> None:
    said = await talk("电热水壶和保温杯哪个好")
    assert "要看您的需要" in said and "没有写" in said
    assert len(said.splitlines()) <= 10


async def test_what_the_records_do_not_measure_is_not_decided(talk: Talk) -> None:
    assert "don't let me say which" in await talk("which is bigger, the backpack or the suitcase?")


async def test_of_a_list_the_first_two_are_compared(talk: Talk) -> None:
    await talk("有没有给小孩的玩具")
    listed = talk.session.slots["listed"].partition(":")[2].split(",")
    await talk("compare the first two")
    assert talk.cited == [f"product:{key}" for key in listed[:2]]


async def test_one_product_alone_is_not_compared(talk: Talk) -> None:
    said = await talk("保温杯怎么样，跟别的比较呢")
    assert "不同之处" not in said


@pytest.mark.parametrize(
    ("asked", "named", "why"),
    [
        ("有没有防水的登山露营用的灯，200以内", "渔火露营灯", "理由："),
        ("do you have something waterproof for camping under 300", "Lantern", "Why: "),
        ("给3岁孩子的玩具，100以内", "泰迪熊", "适用年龄：0 岁以上"),
    ],
)
async def test_what_meets_the_needs_is_listed_with_the_records_reason(
    talk: Talk, asked: str, named: str, why: str
) -> None:
    said = await talk(asked)
    assert named in said and why in said


async def test_when_nothing_fits_the_nearest_is_shown_and_what_it_lacks(talk: Talk) -> None:
    said = await talk("do you have anything for hiking under 100")
    assert "Nothing in our records meets all of that" in said and "Not met or not stated: the budget" in said


async def test_the_next_size_up_and_the_largest(talk: Talk) -> None:
    await talk("the 350ml flask in blue")
    assert "500 ml" in await talk("do you have a bigger one")
    assert "750 ml" in await talk("and the biggest one?")
    assert "That is as far as" in await talk("do you have an even bigger one")


async def test_another_one_while_looking_at_goods_is_no_exchange(talk: Talk) -> None:
    await talk("保温杯多少钱")
    assert "马克杯" in await talk("换个便宜点的")
    assert talk.session.stack == ()
