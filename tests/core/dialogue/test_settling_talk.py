"""Business that changes orders, as customers talk about it, with the shop's real policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.types import ActionStatus

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk

JING = "chen.jing@example.com"
MARIA = "maria.sousa99@example.com"


def done(talk: Talk) -> list[tuple[str, dict[str, object]]]:
    """Return what was really done, without tickets and hand-offs."""
    return [
        (action.name, dict(action.arguments))
        for action in talk.shop.done
        if action.name not in ("create_ticket", "transfer_to_human_agents")
    ]


async def test_nothing_is_done_before_a_yes_and_all_of_it_after(talk: Talk) -> None:
    said = await talk(f"{MARIA}, cancel order W5120356, I ordered it by mistake")
    assert "#W5120356" in said and done(talk) == []
    await talk("yes")
    assert done(talk) == [("cancel_pending_order", {"order_id": "#W5120356", "reason": "ordered by mistake"})]


async def test_a_second_yes_changes_nothing(talk: Talk) -> None:
    await talk(f"{MARIA} 取消W5120356，下错单了")
    await talk("好的")
    await talk("好的")
    assert len(done(talk)) == 1


async def test_no_leaves_the_order_as_it_is(talk: Talk) -> None:
    await talk(f"{MARIA} 取消W5120356，下错单了")
    said = await talk("不用了")
    assert done(talk) == [] and talk.session.stack == () and "没有改动" in said


async def test_a_reason_that_does_not_count_is_told_and_asked_again(talk: Talk) -> None:
    said = await talk(f"{MARIA} cancel W5120356, I found it cheaper elsewhere")
    assert "rules" in said and done(talk) == []
    await talk("well, I don't need it any more")
    await talk("yes")
    assert done(talk) == [("cancel_pending_order", {"order_id": "#W5120356", "reason": "no longer needed"})]


async def test_what_has_left_cannot_be_cancelled_and_the_way_out_is_said(talk: Talk) -> None:
    said = await talk(f"{MARIA} cancel W5120348, ordered by mistake")
    assert "return" in said
    await talk("yes")
    assert done(talk) == []


async def test_a_yes_with_a_change_is_read_out_again(talk: Talk) -> None:
    await talk(f"{JING} 我要换W3912702里的双肩包，换成蓝色的")
    said = await talk("好的，不过要黑色的")
    assert done(talk) == [] and "黑色" in said
    await talk("确认")
    ((name, arguments),) = done(talk)
    assert name == "modify_pending_order_items" and arguments["new_item_ids"] == ["BACKPACK-BLACK-20L"]


async def test_a_yes_to_a_question_is_no_yes_to_what_was_read_out_before(talk: Talk) -> None:
    await talk(f"{MARIA} cancel W5120356, ordered by mistake")
    said = await talk("also return something")
    assert done(talk) == []
    if "?" in said and "yes or no" not in said:
        await talk("yes")
        assert done(talk) == []


async def test_a_question_in_between_is_answered_and_the_read_out_comes_back(talk: Talk) -> None:
    await talk(f"{MARIA} cancel W5120356, ordered by mistake")
    said = await talk("how long does shipping take?")
    assert "#W5120356" in said and done(talk) == []
    await talk("yes")
    assert len(done(talk)) == 1


async def test_two_requests_are_read_out_together_and_done_on_one_yes(talk: Talk) -> None:
    said = await talk(
        f"{MARIA} change the address of W5120356 to 12 Oak Street, Denver, CO 80201, "
        "and my default address to 12 Oak Street, Denver, CO 80201"
    )
    assert "1." in said and "2." in said
    await talk("yes")
    assert sorted(name for name, _ in done(talk)) == ["modify_pending_order_address", "modify_user_address"]


async def test_somebody_elses_order_does_not_exist(talk: Talk) -> None:
    said = await talk(f"{MARIA} cancel W3912702, ordered by mistake")
    await talk("yes")
    assert done(talk) == [] and "Chen" not in said and "陈" not in said


async def test_goods_that_were_not_bought_are_said(talk: Talk) -> None:
    said = await talk(f"{JING} 我要换掉那个咖啡机，换成红色的")
    assert "没有找到" in said and done(talk) == []


async def test_words_before_the_proof_of_identity_are_kept(talk: Talk) -> None:
    await talk("cancel W5120356 please")
    await talk("because I ordered it by mistake")
    await talk(MARIA)
    await talk("yes")
    assert done(talk) == [("cancel_pending_order", {"order_id": "#W5120356", "reason": "ordered by mistake"})]


@pytest.mark.parametrize("words", ["算了", "never mind", "算了还是不取消了"])
async def test_giving_it_up_leaves_nothing_waiting(talk: Talk, words: str) -> None:
    await talk(f"{MARIA} cancel W5120356")
    await talk(words)
    await talk("yes")
    assert done(talk) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("算了别取消", ""),
        ("actually, please don't cancel it", ""),
        ("actually, please don\u2019t cancel it", ""),
        ("算了，不取消了，什么时候到", "仓库"),
        ("never mind, don't cancel it. When will it arrive?", "warehouse"),
        ("算了 don't cancel, 什么时候到", "仓库"),
    ],
)
async def test_a_wish_that_is_taken_back_is_left_and_the_rest_is_answered(talk: Talk, words: str, told: str) -> None:
    await talk("maria.sousa99@example.com, cancel order W5120356")
    said = await talk(words)
    assert told in said and "退款" not in said and "money goes back" not in said
    assert talk.session.stack == () and done(talk) == []


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("我想退货", "算了，先不退了，帮我查一下运费"),
        ("我想退货", "算了先不退了帮我查下运费"),
        ("我要换货", "先不换了，我想问一下运费"),
        ("取消订单", "还是别取消了，告诉我多久能到"),
        ("I want to return something", "actually don't return it, tell me about shipping costs"),
    ],
)
async def test_who_takes_a_wish_back_and_asks_for_something_else_is_not_asked_who_they_are(
    talk: Talk, wish: str, words: str
) -> None:
    asked = await talk(wish)
    assert "邮箱" in asked or "e-mail" in asked
    said = await talk(words)
    assert said.startswith(("好的，这件事先放下。\n", "All right, I've put that aside.\n"))
    assert "邮箱" not in said and "e-mail" not in said and talk.session.stack == ()


@pytest.mark.parametrize(
    "words",
    [
        "不退了，换一个新的吧",
        "don't return it, exchange it for another colour",
        "don't exchange it, refund to my credit card",
        "don't return it, send me the blue one instead",
    ],
)
async def test_a_wish_in_place_of_another_goes_on_with_the_same_order(talk: Talk, words: str) -> None:
    await talk("chen.jing@example.com, return the kettle of W3912688")
    await talk(words)
    assert talk.session.stack and talk.session.slots["order_id"] == "#W3912688"


async def test_a_wish_given_up_before_the_proof_does_not_come_back_with_the_next_one(talk: Talk) -> None:
    await talk("我想退掉W3912688的水壶")
    await talk("算了，不退了")
    await talk("取消W3912702，不想要了")
    said = await talk(JING)
    assert "W3912702" in said and "W3912688" not in said and "退货" not in said


@pytest.mark.parametrize("words", ["never mind", "thanks, bye", "don't cancel it"])
async def test_a_wish_given_up_when_it_was_read_out_does_not_come_back_with_the_next_one(
    talk: Talk, words: str
) -> None:
    await talk(f"{MARIA} cancel W5120356, ordered by mistake")
    await talk(words)
    said = await talk("return the jacket")
    assert "jacket" in said.lower() and "W5120356" not in said


async def test_of_several_wishes_not_all_are_taken_back(talk: Talk) -> None:
    await talk("chen.jing@example.com, return the kettle of W3912688 and cancel W3912702, no longer needed")
    await talk("don't return it, but do the rest")
    assert talk.session.stack


async def test_who_wants_nothing_changed_and_says_yes_has_agreed(talk: Talk) -> None:
    await talk(f"{MARIA} cancel W5120356, ordered by mistake")
    await talk("Don't change anything, yes please go ahead")
    assert done(talk) or talk.session.stack


async def test_the_confirmation_is_bound_to_the_arguments_read_out(talk: Talk) -> None:
    await talk(f"{MARIA} cancel W5120356, ordered by mistake")
    await talk("yes")
    (action,) = [one for one in talk.shop.done if one.name == "cancel_pending_order"]
    assert action.confirmed and action.status is ActionStatus.DONE
