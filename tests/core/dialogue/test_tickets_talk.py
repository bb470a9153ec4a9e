"""Business that becomes a ticket: only what lacks is asked, and what was said is written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.dialogue.tickets.facts import FORMS, read_facts, said
from core.dialogue.tickets.noticing import tells_of_harm
from core.types import Action, Attachment, AttachmentKind
from core.understand.normalise import normalise

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk

CHEN = "chen.jing@example.com"


def tickets(talk: Talk) -> list[Action]:
    return [action for action in talk.shop.actions if action.name == "create_ticket"]


def facts(talk: Talk) -> dict[str, object]:
    found = tickets(talk)[-1].arguments.get("facts", {})
    assert isinstance(found, dict)
    return found


async def test_an_invoice_told_in_one_message_is_written_at_once(talk: Talk) -> None:
    words = f"帮我开发票，订单W3912688，开给公司，抬头是上海云帆科技有限公司，税号91310000MA1FL12345，我的邮箱{CHEN}"
    answer = await talk(words)
    assert facts(talk) == {
        "invoice_kind": "company",
        "invoice_title": "上海云帆科技有限公司",
        "tax_number": "91310000MA1FL12345",
    }
    assert tickets(talk)[0].arguments["order_id"] == "#W3912688"
    assert "工单号 T" in answer and "上海云帆科技有限公司" in answer


async def test_only_what_lacks_is_asked(talk: Talk) -> None:
    await talk(f"please send me an invoice for W3912688, {CHEN}")
    assert "personally" in talk.session.last_reply
    assert "made out" in await talk("for my company")
    assert "tax number" in await talk("Cloudsail Trading")
    await talk("91310000MA1FL12345")
    assert facts(talk)["invoice_title"] == "Cloudsail Trading"


async def test_a_fact_that_nobody_has_is_left_open(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，公司抬头，{CHEN}")
    await talk("上海云帆科技有限公司")
    await talk("不知道")
    assert "tax_number" not in facts(talk) and len(tickets(talk)) == 1


async def test_an_answer_that_is_none_is_asked_for_twice_at_most(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，{CHEN}")
    await talk("随你们吧")
    await talk("看着办")
    assert len(tickets(talk)) == 1 and "invoice_kind" not in facts(talk)


async def test_a_fault_is_no_new_question(talk: Talk) -> None:
    await talk(f"帮我报修，订单W3912688，{CHEN}")
    await talk("烧不开水，一直跳闸")
    await talk("上周")
    assert tickets(talk)[0].arguments["topic"] == "repair_warranty"
    assert facts(talk)["fault"] == "烧不开水,一直跳闸" or facts(talk)["fault"] == "烧不开水，一直跳闸"
    assert facts(talk)["since"] == "上周"


async def test_the_item_is_found_by_name_among_the_goods(talk: Talk) -> None:
    await talk(f"the mug arrived broken, order W3912701, {CHEN}")
    (ticket,) = tickets(talk)
    assert ticket.arguments["item_ids"] == ["MUG-BLUE-350ML"] and ticket.arguments["priority"] == "high"


async def test_which_item_is_asked_where_several_could_be_meant(talk: Talk) -> None:
    await talk(f"订单W3912701少发了一件，帮我处理，{CHEN}")
    assert "哪一件" in talk.session.last_reply
    await talk("第二个")
    assert tickets(talk)[0].arguments["item_ids"] == ["MUG-BLUE-350ML"]


async def test_no_the_other_order_begins_anew_with_what_is_known(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，公司，{CHEN}")
    await talk("不对，是另一个订单，W3912702")
    await talk("上海云帆科技有限公司")
    await talk("没有")
    assert tickets(talk)[0].arguments["order_id"] == "#W3912702"
    assert facts(talk)["invoice_kind"] == "company"


async def test_what_was_written_can_be_corrected(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，个人，{CHEN}")
    await talk("不对，开给公司")
    await talk("上海云帆科技有限公司")
    await talk("没有")
    first, second = tickets(talk)
    assert first.idempotency_key != second.idempotency_key
    assert facts(talk)["invoice_kind"] == "company" and str(facts(talk)["replaces"]).startswith("T")


async def test_giving_up_half_way_writes_nothing(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，{CHEN}")
    await talk("算了不开了")
    assert tickets(talk) == [] and talk.session.stack == ()


async def test_a_question_on_the_way_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，{CHEN}")
    answer = await talk("保温杯多少钱？")
    assert "¥" in answer and "接着说开发票" in answer
    await talk("个人")
    assert len(tickets(talk)) == 1


async def test_the_same_ticket_is_not_written_twice(talk: Talk) -> None:
    for _ in range(2):
        await talk(f"我要开发票，订单W3912688，个人，{CHEN}")
    assert len(tickets(talk)) == 1 and "已经登记过了" in talk.session.last_reply


async def test_an_order_is_hurried_once_a_day(talk: Talk) -> None:
    async def hurry() -> None:
        await talk(f"催一下订单W3912702，{CHEN}")
        await talk("好的")

    await hurry()
    await hurry()
    assert len(tickets(talk)) == 1
    talk.now += timedelta(days=1)
    await hurry()
    assert len(tickets(talk)) == 2


async def test_a_complaint_needs_no_proof_and_says_sorry(talk: Talk) -> None:
    answer = await talk("我要投诉，快递员把包裹扔在门口淋湿了")
    (ticket,) = tickets(talk)
    assert ticket.arguments["priority"] == "high" and talk.session.identity is None
    assert "抱歉" in answer and "人工客服" in answer


async def test_a_bare_complaint_is_asked_what_happened(talk: Talk) -> None:
    await talk("I want to make a complaint")
    assert tickets(talk) == []
    await talk("nobody answered my e-mails for two weeks")
    assert facts(talk)["happened"] == "nobody answered my e-mails for two weeks"


async def test_two_different_complaints_are_two_tickets(talk: Talk) -> None:
    await talk("我要投诉，快递员把包裹扔在门口淋湿了")
    await talk("我还要投诉，客服三天没有回我的邮件")
    await talk("我要投诉，快递员把包裹扔在门口都淋湿了")
    assert len(tickets(talk)) == 2


async def test_a_photo_goes_with_the_ticket(talk: Talk) -> None:
    await talk(f"帮我报修，订单W3912688，{CHEN}")
    photo = Attachment(id="a", kind=AttachmentKind.IMAGE, media_type="image/jpeg", size_bytes=9, sha256="ab12")
    await talk("水壶漏水，昨天开始的", attachments=(photo,))
    assert tickets(talk)[0].arguments["photos"] == ["ab12"]


@pytest.mark.parametrize(
    "words",
    [
        "充电宝鼓包还冒烟了，我手烫伤了",
        "my phone charger caught fire",
        "the kettle gave me an electric shock",
        "孩子用了之后过敏了",
    ],
)
async def test_harm_fetches_a_person_and_is_urgent(talk: Talk, words: str) -> None:
    await talk(words)
    names = [action.name for action in talk.shop.actions]
    assert names == ["create_ticket", "transfer_to_human_agents"]
    assert tickets(talk)[0].arguments["priority"] == "high"


@pytest.mark.parametrize(
    "words",
    [
        "这个充电宝会不会鼓包",
        "can it catch fire?",
        "is it hypoallergenic",
        "冒烟了怎么办？",
        "smoke-free kitchen lamp?",
    ],
)
def test_asking_about_dangers_is_no_accident(words: str) -> None:
    assert not tells_of_harm(normalise(words))


async def test_a_double_charge_is_a_ticket_with_priority(talk: Talk) -> None:
    await talk(f"I was charged twice for order W3912688, $20 too much, {CHEN}")
    (ticket,) = tickets(talk)
    assert ticket.arguments["topic"] == "payment_wallet" and ticket.arguments["priority"] == "high"


async def test_a_coupon_that_fails_is_a_ticket_with_code_and_message(talk: Talk) -> None:
    await talk(f"优惠券码 SAVE2024 用不了，提示已过期，{CHEN}")
    assert facts(talk)["coupon_code"] == "SAVE2024" and "过期" in str(facts(talk)["coupon_message"])


async def test_no_ticket_for_another_customers_order(talk: Talk) -> None:
    await talk(f"我要开发票，订单W5120348，个人，{CHEN}")
    assert "没有找到" in talk.session.last_reply and tickets(talk) == []


async def test_progress_tells_the_ticket(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，个人，{CHEN}")
    number = talk.session.last_reply.split("工单号 ")[1][:11]
    assert number in await talk("我的发票开好了吗")


async def test_the_handoff_says_who_what_and_what_was_tried(talk: Talk) -> None:
    await talk(f"我要开发票，订单W3912688，个人，{CHEN}")
    await talk("转人工")
    summary = str(talk.shop.actions[-1].arguments["summary"])
    assert "jing_chen_2040" in summary and "#W3912688" in summary and "ticket T" in summary
    assert "language: zh" in summary and '"转人工"' in summary


@pytest.mark.parametrize(
    ("form", "words", "expected"),
    [
        ("missing_or_wrong_item", "发错颜色了", {"problem": "wrong"}),
        ("missing_or_wrong_item", "one of the cups is missing", {"problem": "missing"}),
        ("missing_or_wrong_item", "屏幕裂了", {"problem": "damaged"}),
        ("repair_warranty", "it makes a loud noise since last week", {"since": "since last week"}),
        (
            "price_protection",
            "I paid 199 yuan and now you sell it for 149 yuan",
            {"seen_price": "149 CNY", "seen_where": "own"},
        ),
        ("promotion_coupon", "the code SPRING25 says invalid", {"coupon_code": "SPRING25"}),
        ("invoice", "个人发票", {"invoice_kind": "personal"}),
    ],
)
def test_facts_are_read(talk: Talk, form: str, words: str, expected: dict[str, str]) -> None:
    assert expected.items() <= dict(read_facts(form, said(words, talk.now.date()))).items()


def test_every_form_has_a_flow(talk: Talk) -> None:
    flows = talk.dialogue._runner.flows
    assert set(FORMS) <= set(flows)
