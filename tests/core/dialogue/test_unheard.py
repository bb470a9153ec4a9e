"""What a caller interrupted was not said: no yes to it, no choice of it, and the rest on request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.dialogue.conftest import MemoryShop, Talk


@pytest.fixture
def call(talk: Talk) -> Talk:
    talk.session = replace(talk.session, channel="phone")
    return talk


async def known(call: Talk) -> None:
    """Prove who is calling."""
    await call("chen.jing@example.com")
    if call.outcome and call.outcome.expects == "yes_no" and not call.session.identity:
        await call("对")


async def test_a_yes_to_a_read_out_that_was_cut_hears_the_rest_first(call: Talk, shop: MemoryShop) -> None:
    await call("退水壶")
    await known(call)
    assert call.outcome and call.outcome.expects == "yes_no"
    call.cut_after("退回订单")
    again = await call("好的")
    assert not shop.done
    assert "水壶" in again and "办理吗" in again
    await call("好的")
    assert [action.name for action in shop.done] == ["return_delivered_order_items"]


async def test_a_yes_during_the_question_counts_for_all_was_heard(call: Talk, shop: MemoryShop) -> None:
    await call("退水壶")
    await known(call)
    call.cut_after("确认办理")
    await call("好的")
    assert [action.name for action in shop.done] == ["return_delivered_order_items"]


async def test_a_yes_by_the_deeds_own_verb_does_not_pass_either(call: Talk, shop: MemoryShop) -> None:
    await call("退水壶")
    await known(call)
    call.cut_after("退回")
    for words in ("退吧", "好的，就这样退吧"):
        await call(words)
        assert not shop.done
        call.cut_after("")


async def test_a_no_to_a_read_out_that_was_cut_is_a_no(call: Talk, shop: MemoryShop) -> None:
    await call("退水壶")
    await known(call)
    call.cut_after("退回")
    assert "没有改动" in await call("不要")
    await call("好的")
    assert not shop.done


async def test_words_that_are_no_beginning_of_the_reply_count_as_unheard(call: Talk, shop: MemoryShop) -> None:
    await call("退水壶")
    await known(call)
    call.session = replace(call.session, heard="请稍等，我查一下。")
    await call("好的")
    assert not shop.done


async def test_the_second_of_a_list_of_which_one_was_heard_asks(call: Talk) -> None:
    await call("我的订单到哪了")
    await known(call)
    assert "第2个" in call.session.last_reply
    call.cut_after("第1个，")
    second = call.session.slots["listed"].split(":")[1].split(",")[1]
    call.cut_after(call.session.last_reply.split("\n第2个")[0].split("\n")[-1])
    answer = await call("第二个")
    assert call.session.slots.get("order_id") != second
    assert "第2个" in answer, "the list is read out again"


async def test_the_first_of_a_list_of_which_one_was_heard_is_chosen(call: Talk) -> None:
    await call("我的订单到哪了")
    await known(call)
    first = call.session.slots["listed"].split(":")[1].split(",")[0]
    call.cut_after(call.session.last_reply.split("\n第2个")[0].split("\n")[-1])
    await call("第一个")
    assert call.session.slots["order_id"] == first


async def test_go_on_says_the_rest_and_repeat_says_all(call: Talk) -> None:
    whole = await call("你能做什么")
    call.cut_after("查订单")
    assert (await call("继续说")).endswith(whole[whole.index("我可以") :])
    call.session = replace(call.session, last_reply=whole, heard=whole[:5])
    assert await call("再说一遍") == whole


async def test_a_yes_after_repeat_still_answers_the_offer(call: Talk) -> None:
    await call("blargh frobnicate quux")
    assert call.session.slots["offer"] == "handoff"
    call.cut_after("Shall I ask")
    await call("say that again")
    await call("yes")
    assert call.session.handed_off


async def test_a_yes_to_an_offer_that_was_not_heard_fetches_nobody(call: Talk) -> None:
    await call("blargh frobnicate quux")
    call.cut_after("Sorry")
    assert "colleague" in await call("yes")
    assert not call.session.handed_off
