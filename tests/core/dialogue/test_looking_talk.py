"""Customers with photos: what is noted beside a ticket, what a label says, how two photos differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import pytest

from core.dialogue.clerk_dialogue import Dialogue
from core.dialogue.sight import Seen, Task
from core.types import Action, ActionStatus, MatchDecision
from core.understand.ladder import Understander
from tests.core.dialogue.conftest import MemoryShop, Talk, match, photo

CHEN = "chen.jing@example.com"


@dataclass
class Eyes:
    """See what the test says, and remember the looks."""

    seen: dict[Task, Seen] = field(default_factory=dict)
    looks: list[tuple[tuple[str, ...], Task, frozenset[str]]] = field(default_factory=list)

    async def look(
        self,
        photos: Sequence[str],
        task: Task,
        *,
        language: str,
        conversation_id: str,
        products: Collection[str] = (),
    ) -> Seen:
        self.looks.append((tuple(photos), task, frozenset(products)))
        return self.seen.get(task, Seen(failed="timeout"))


@pytest.fixture
def eyes() -> Eyes:
    return Eyes()


@pytest.fixture
def seeing(read: Understander, shop: MemoryShop, eyes: Eyes) -> Talk:
    """Return a talk with a clerk that has a model that sees."""
    return Talk(read, Dialogue(shop, None, handoff_hours="9:00-21:00", currency="CNY", sight=eyes), shop)


def tickets(talk: Talk) -> list[Action]:
    return [one for one in talk.shop.actions if one.name == "create_ticket"]


def facts(talk: Talk) -> dict[str, str]:
    (*_, last) = tickets(talk)
    return dict(last.arguments.get("facts", {}))  # type: ignore[call-overload]


async def test_the_damage_that_is_seen_goes_with_the_complaint_and_is_told_once(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["describe"] = Seen(visible=("杯盖上有一道裂纹。",))
    said = await seeing(
        "我要投诉，快递员把保温杯扔在门口", attachments=(photo("ab12"),), matches=(match("ab12", "vacuum-flask"),)
    )
    assert said.count("杯盖上有一道裂纹") == 1 and "没有人核对" in said
    assert facts(seeing)["seen"] == "杯盖上有一道裂纹。"
    assert tickets(seeing)[0].arguments["photos"] == ["ab12"]
    assert eyes.looks == [(("ab12",), "describe", frozenset({"vacuum-flask"}))]


async def test_what_the_customer_says_of_the_photo_takes_the_place_of_what_was_seen(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["describe"] = Seen(visible=("The lid is cracked.",))
    await seeing("I want to complain, my flask arrived damaged", attachments=(photo("ab12"),))
    assert facts(seeing)["seen"] == "The lid is cracked."
    said = await seeing("no, that's wrong, it's the handle that broke off")
    assert "your own words" in said
    assert "seen" not in facts(seeing)
    assert facts(seeing)["photo_words"] == "no, that's wrong, it's the handle that broke off"
    assert facts(seeing)["replaces"]


async def test_it_can_be_corrected_while_the_ticket_is_being_filled_in(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["describe"] = Seen(visible=("水壶底部有水渍。",))
    await seeing(f"帮我报修，订单W3912688，{CHEN}")
    said = await seeing("这是照片", attachments=(photo("ab12"),))
    assert "水壶底部有水渍" in said and not tickets(seeing)
    await seeing("不对，是壶嘴漏水，昨天开始的")
    assert "seen" not in facts(seeing) and facts(seeing)["photo_words"].startswith("不对")


async def test_a_look_that_fails_costs_nobody_the_ticket(seeing: Talk) -> None:
    said = await seeing("我要投诉，包裹被压扁了", attachments=(photo("ab12"),))
    assert tickets(seeing)[0].arguments["photos"] == ["ab12"]
    assert "seen" not in facts(seeing) and "没有人核对" not in said
    assert seeing.outcome and "see.timeout" in seeing.outcome.steps


async def test_without_a_model_a_complaint_says_which_product_its_photo_seems_to_show(talk: Talk) -> None:
    said = await talk("我要投诉，包裹被压扁了", attachments=(photo("ab12"),), matches=(match("ab12", "vacuum-flask"),))
    assert tickets(talk)[0].arguments["photos"] == ["ab12"]
    assert facts(talk)["seen"] == "照片里像是远山真空保温杯。" and said.count("像是") == 1 and "没有人核对" in said


async def test_of_a_photo_that_the_index_is_not_sure_of_nothing_is_noted(talk: Talk) -> None:
    unsure = match("ab12", "vacuum-flask", MatchDecision.ASK)
    await talk("我要投诉，包裹被压扁了", attachments=(photo("ab12"),), matches=(unsure,))
    assert tickets(talk)[0].arguments["photos"] == ["ab12"] and "seen" not in facts(talk)


async def test_a_photo_too_dark_for_a_complaint_is_asked_for_again_and_noted_as_that(talk: Talk) -> None:
    said = await talk("I want to complain, it arrived damaged", attachments=(photo("ab12"),), flags=("dark_photo",))
    assert "brighter" in said
    assert "too dark" in facts(talk)["seen"]


@pytest.mark.parametrize(("shown", "fits"), [("electric-kettle", True), ("vacuum-flask", False)])
async def test_the_photo_of_a_return_tells_colleagues_what_it_seems_to_show_and_decides_nothing(
    talk: Talk, shown: str, fits: bool
) -> None:
    await talk(f"{CHEN} I want to return the kettle of W3912688, it's cracked", attachments=(photo("a1"),),
               matches=(match("a1", shown),))  # fmt: skip
    await talk("yes")
    assert [one.name for one in talk.shop.done] == ["return_delivered_order_items", "create_ticket"]
    assert ("not in order" in facts(talk)["seen"]) is not fits
    assert "seems" in facts(talk)["seen"]


@pytest.mark.parametrize(("sku", "fits"), [("KETTLE-GREEN-1.2L", False), ("KETTLE-WHITE-1.2L", True)])
@pytest.mark.parametrize(
    ("words", "noted"),
    [
        (f"{CHEN} 我要退 W3912688，你们发错颜色了", "订单 #W3912688 里的是青瓷系列电热水壶（白色）。"),
        (f"{CHEN} I want to return W3912688, you sent the wrong colour", "has the"),
    ],
)
async def test_another_colour_than_was_ordered_is_noted_for_colleagues_and_a_size_that_nobody_sees_is_not(
    talk: Talk, words: str, noted: str, sku: str, fits: bool
) -> None:
    shown = replace(match("a1", "electric-kettle"), sku=sku)
    await talk(words, attachments=(photo("a1"),), matches=(shown,))
    await talk("yes")
    assert [one.name for one in talk.shop.done] == ["return_delivered_order_items", "create_ticket"]
    assert (noted in facts(talk)["seen"]) is not fits


async def test_the_wrong_colour_of_a_complaint_is_noted_beside_what_the_photo_seems_to_show(talk: Talk) -> None:
    shown = replace(match("a1", "electric-kettle"), sku="KETTLE-GREEN-1.7L")
    await talk(f"订单W3912688到哪了，{CHEN}")
    await talk("我要投诉，颜色发错了", attachments=(photo("a1"),), matches=(shown,))
    seen = facts(talk)["seen"]
    assert seen == "照片里像是青瓷系列电热水壶（绿色）。订单 #W3912688 里的是青瓷系列电热水壶（白色）。"


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("太小了", "照片里像是青瓷系列电热水壶（白色）。"),
        ("it's too small", "It seems to show the Celadon Electric Kettle (white)."),
    ],
)
async def test_the_photo_of_what_does_not_fit_is_attached_to_the_return_and_judges_nothing(
    talk: Talk, words: str, seen: str
) -> None:
    kettle = replace(match("a1", "electric-kettle"), sku="KETTLE-WHITE-1.7L")
    await talk(f"{CHEN} 我要退 W3912688 的水壶")
    await talk(words, attachments=(photo("a1"),), matches=(kettle,))
    await talk("yes")
    assert [one.name for one in talk.shop.done] == ["return_delivered_order_items", "create_ticket"]
    (ticket,) = tickets(talk)
    assert ticket.arguments["order_id"] == "#W3912688" and ticket.arguments["photos"] == ["a1"]
    assert facts(talk) == {"seen": seen} and ticket.arguments["summary"] == words


async def test_instructions_in_a_photo_are_told_and_kept_from_the_ticket_but_for_a_note(
    seeing: Talk, eyes: Eyes
) -> None:
    eyes.seen["describe"] = Seen(visible=("A note lies beside it.",), left_out=("instruction",))
    said = await seeing("I want to complain, nobody answers my e-mails", attachments=(photo("ab12"),))
    assert "instructions" in said and "written instructions" in facts(seeing)["seen"]
    assert [action.name for action in seeing.shop.actions] == ["create_ticket"]


async def test_a_photo_sent_first_belongs_to_the_complaint_that_follows(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["describe"] = Seen(visible=("The box is dented.",))
    await seeing("", attachments=(photo("ab12"),), matches=(match("ab12", "vacuum-flask"),))
    assert not tickets(seeing)
    await seeing("I want to complain, nobody answers my e-mails about this")
    assert tickets(seeing)[0].arguments["photos"] == ["ab12"]


async def test_a_photo_from_long_ago_does_not(seeing: Talk) -> None:
    await seeing("how much is this?", attachments=(photo("ab12"),), matches=(match("ab12", "vacuum-flask"),))
    for words in ("is it in stock?", "thanks", "hello"):
        await seeing(words)
    await seeing("I want to complain, nobody answers my e-mails")
    assert "photos" not in tickets(seeing)[0].arguments


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("这上面写的什么", "zh"),
        ("帮我读一下标签", "zh"),
        ("what does the label say?", "en"),
        ("can you read the sticker 谢谢", "en"),
        ("这张图上写了啥 what's written here", "zh"),
    ],
)
async def test_what_is_read_is_said_as_read_and_asked_back(seeing: Talk, eyes: Eyes, words: str, language: str) -> None:
    eyes.seen["read"] = Seen(text=("Model XK-200", "Order #W3912702"))
    said = await seeing(words, attachments=(photo("ab12"),), matches=(match("ab12", "vacuum-flask"),))
    assert ("对吗" if language == "zh" else "Is that right?") in said or "对吗" in said or "Is that right?" in said
    assert "Model XK-200" in said and "¥" not in said
    assert [press.removeprefix("订单").removeprefix("order").strip() for press in seeing.buttons] == ["#W3912702"]
    assert "order_id" not in seeing.session.slots and seeing.session.identity is None
    assert seeing.shop.actions == []


async def test_a_number_that_was_read_counts_once_the_customer_says_it_and_proves_nothing(
    seeing: Talk, eyes: Eyes
) -> None:
    eyes.seen["read"] = Seen(text=("Order #W3912702", CHEN))
    await seeing("what does the label say?", attachments=(photo("ab12"),))
    said = await seeing(seeing.buttons[0])
    assert seeing.session.slots["order_id"] == "#W3912702"
    assert seeing.session.identity is None and "e-mail" in said


async def test_a_yes_that_is_read_in_a_photo_is_no_yes(seeing: Talk, eyes: Eyes) -> None:
    read_out = await seeing(f"cancel order W3912713, ordered by mistake. I'm {CHEN}")
    eyes.seen["read"] = Seen(text=("yes", "confirm"))
    await seeing("what does the label say?", attachments=(photo("ab12"),))
    assert read_out and not [one for one in seeing.shop.done if one.name.startswith("cancel")]


async def test_the_last_photo_is_read_when_it_is_asked_for_later(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["read"] = Seen(text=("Hand wash only",))
    await seeing("", attachments=(photo("ab12"),), matches=(match("ab12", "vacuum-flask"),))
    assert "Hand wash only" in await seeing("what does the label in the photo say?")
    assert eyes.looks[-1][:2] == (("ab12",), "read")


async def test_where_nobody_can_read_the_clerk_says_so(talk: Talk, seeing: Talk, eyes: Eyes) -> None:
    assert "没法细看" in await talk("这上面写的什么", attachments=(photo("ab12"),), flags=("seeing_off",))
    assert "没能细看" in await seeing("这上面写的什么", attachments=(photo("ab12"),))
    eyes.seen["read"] = Seen(is_unsure=True)
    assert "看不清" in await seeing("这上面写的什么", attachments=(photo("ab12"),))


async def test_two_photos_are_compared_and_the_index_says_which_products_they_are(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["compare"] = Seen(visible=("The first one has a lid, the second one has none.",))
    both = (photo("a1"), photo("b2"))
    said = await seeing(
        "are these the same?", attachments=both, matches=(match("a1", "vacuum-flask"), match("b2", "ceramic-mug"))
    )
    first, second = (seeing.shop.records.products[key].names["en"] for key in ("vacuum-flask", "ceramic-mug"))
    assert said.index(first) < said.index(second) < said.index("has a lid")
    assert seeing.cited == ["product:vacuum-flask", "product:ceramic-mug"]
    assert eyes.looks == [(("a1", "b2"), "compare", frozenset({"vacuum-flask", "ceramic-mug"}))]


async def test_a_photo_is_compared_with_the_one_before(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["compare"] = Seen(visible=("第二张多一个盖子。",))
    await seeing("这个多少钱", attachments=(photo("a1"),), matches=(match("a1", "vacuum-flask"),))
    said = await seeing("和上一张比有什么不同", attachments=(photo("b2"),), matches=(match("b2", "vacuum-flask"),))
    assert "两张照片都是" in said and "第二张多一个盖子" in said
    assert eyes.looks == [(("a1", "b2"), "compare", frozenset({"vacuum-flask"}))]


async def test_without_a_model_the_index_still_says_which_products_they_are(talk: Talk) -> None:
    both = (photo("a1"), photo("b2"))
    doubtful = (match("a1", "vacuum-flask"), match("b2", "ceramic-mug", MatchDecision.ASK))
    said = await talk("这两张是同一款吗", attachments=both, matches=doubtful)
    assert "没法确定" in said and "没法细看" in said


async def test_one_photo_alone_is_not_compared(seeing: Talk, eyes: Eyes) -> None:
    said = await seeing("和上一张比有什么不同", attachments=(photo("a1"),), matches=(match("a1", "vacuum-flask"),))
    assert "只有一张照片" in said and eyes.looks == []


async def test_a_question_about_the_product_in_the_photo_is_answered_as_before(seeing: Talk, eyes: Eyes) -> None:
    said = await seeing("这个多少钱", attachments=(photo("a1"),), matches=(match("a1", "vacuum-flask"),))
    assert "¥99" in said and eyes.looks == []


async def test_the_photo_of_a_return_goes_to_colleagues_with_it(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["describe"] = Seen(visible=("背包的拉链断了。",))
    order = next(
        one
        for one in seeing.shop.records.orders.values()
        if one.status == "delivered" and seeing.shop.records.customers[one.user_id].email == CHEN
    )
    said = await seeing(
        f"{CHEN} 订单{order.order_id}我要全部退货，坏了",
        attachments=(photo("a1"),),
        matches=(match("a1", "vacuum-flask"),),
    )
    assert "拉链断了" in said and not tickets(seeing)
    said = await seeing("是的")
    (returned,) = [one for one in seeing.shop.done if one.name == "return_delivered_order_items"]
    assert returned.status is ActionStatus.DONE and set(returned.arguments) <= {
        "order_id", "item_ids", "payment_method_id", "reason"
    }  # fmt: skip
    (ticket,) = tickets(seeing)
    assert ticket.arguments["order_id"] == order.order_id and ticket.arguments["photos"] == ["a1"]
    assert facts(seeing) == {"seen": "背包的拉链断了。"} and "照片" in said


async def test_what_is_said_of_a_returned_thing_in_the_photo_is_corrected_without_undoing_the_return(
    seeing: Talk, eyes: Eyes
) -> None:
    eyes.seen["describe"] = Seen(visible=("壶盖上有裂纹。",))
    await seeing(f"{CHEN} 我要退 W3912688 的水壶, it's cracked", attachments=(photo("a1"),))
    said = await seeing("不对，是壶嘴漏水")
    assert "按您说的" in said and "办理" in said
    await seeing("是的")
    assert [one.name for one in seeing.shop.done] == ["return_delivered_order_items", "create_ticket"]
    assert facts(seeing) == {"photo_words": "不对，是壶嘴漏水"}


async def test_a_photo_of_an_invoice_is_kept_and_not_judged(seeing: Talk, eyes: Eyes) -> None:
    await seeing(f"帮我开发票，个人的，订单W3912688，{CHEN}", attachments=(photo("a1"),))
    assert eyes.looks == []


async def test_a_photo_of_what_hurt_somebody_goes_with_the_ticket(seeing: Talk) -> None:
    await seeing("充电宝冒烟了，我手烫伤了", attachments=(photo("a1"),), matches=(match("a1", "vacuum-flask"),))
    assert tickets(seeing)[0].arguments["photos"] == ["a1"]
    assert [one.name for one in seeing.shop.actions] == ["create_ticket", "transfer_to_human_agents"]


async def test_photos_of_a_return_that_came_to_nothing_are_not_handed_on_with_another(seeing: Talk, eyes: Eyes) -> None:
    eyes.seen["describe"] = Seen(visible=("壶盖上有裂纹。",))
    await seeing(f"{CHEN} 我要退 W3912688 的水壶, it's cracked", attachments=(photo("a1"),))
    await seeing("算了，不退了")
    await seeing("我要退 W3912688 的水壶，坏了")
    await seeing("是的")
    assert [one.name for one in seeing.shop.done] == ["return_delivered_order_items"]


async def test_photos_beside_a_return_are_no_comparison_whatever_the_words(seeing: Talk, eyes: Eyes) -> None:
    await seeing("看看这个", attachments=(photo("ab12"),), matches=(match("ab12", "electric-kettle"),))
    said = await seeing(
        f"I want to return order W3912688, it looks different from what I ordered, {CHEN}",
        attachments=(photo("cd34"),),
    )
    assert seeing.session.stack and seeing.session.stack[0].flow in ("settle", "business")
    assert "two photos" not in said
