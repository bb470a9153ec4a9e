from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk


ASKS_ZH = "邮箱"


async def test_a_question_in_mid_flow_is_answered_and_the_flow_goes_on(talk: Talk) -> None:
    await talk("我的订单什么时候到")
    said = await talk("运费多少钱")
    assert "99 元" in said and "我们接着说查订单" in said and ASKS_ZH in said
    assert "#W3912701" in "".join(await talk("chen.jing@example.com"))


async def test_a_change_of_subject_ends_with_the_first_business_again(talk: Talk) -> None:
    await talk("where is my order")
    await talk("I need an invoice for it")
    said = await talk("chen.jing@example.com")
    assert "Which one is it?" in said
    await talk("the third one")
    said = await talk("personal")
    assert "ticket" in said and "#W3912688" in said
    assert [action.name for action in talk.shop.actions] == ["create_ticket"]


@pytest.mark.parametrize("words", ["算了", "不用了", "never mind"])
async def test_giving_up_leaves_nothing_open(talk: Talk, words: str) -> None:
    await talk("我的订单什么时候到")
    await talk(words)
    assert talk.session.stack == ()


@pytest.mark.parametrize("words", ["再说一遍", "没听清", "could you repeat that", "pardon?"])
async def test_the_last_answer_is_said_again(talk: Talk, words: str) -> None:
    first = await talk("保温杯多少钱")
    assert await talk(words) == first


async def test_a_short_neutral_message_keeps_the_language(talk: Talk) -> None:
    await talk("我的订单到哪了")
    await talk("chen.jing@example.com")
    assert talk.outcome and talk.outcome.language == "zh"


async def test_the_language_follows_the_customer(talk: Talk) -> None:
    await talk("保温杯多少钱")
    assert "costs" in await talk("how much is the kettle")


async def test_an_id_alone_is_answered_in_the_channels_language(talk: Talk) -> None:
    talk.locale = "zh"
    assert ASKS_ZH in await talk("#W3912701")


async def test_a_language_the_clerk_does_not_speak_is_answered_in_both_he_does(talk: Talk) -> None:
    said = await talk("¿Dónde está mi pedido? Quiero saber cuándo llega")
    assert "中文" in said and "English" in said and "转人工" in said


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("你好", "掌柜"),
        ("hello", "clerk"),
        ("谢谢", "不客气"),
        ("bye", "welcome"),
        ("你是机器人吗", "不是真人"),
        ("are you a robot?", "not a person"),
        ("你能做什么", "查订单"),
        ("what can you do", "orders"),
        ("", "photo"),
    ],
)
async def test_small_talk_has_an_answer(talk: Talk, words: str, answer: str) -> None:
    assert answer in await talk(words)
    assert talk.session.misses == 0


async def test_after_two_misses_in_a_row_a_person_is_fetched(talk: Talk) -> None:
    assert "?" in await talk("asdf qwer zxcv")
    assert talk.shop.actions == []
    await talk("explain quantum mechanics")
    assert [action.name for action in talk.shop.actions] == ["transfer_to_human_agents"]
    assert talk.session.handed_off and talk.outcome and talk.outcome.outcome == "handed_off"


async def test_an_answer_in_between_forgives_a_miss(talk: Talk) -> None:
    await talk("asdf qwer zxcv")
    await talk("保温杯多少钱")
    await talk("asdf qwer zxcv")
    assert talk.shop.actions == []


@pytest.mark.parametrize("words", ["转人工", "human please", "agent", "我要找真人客服", "let me speak to a manager"])
async def test_a_person_is_fetched_on_request_and_the_hours_are_told(talk: Talk, words: str) -> None:
    said = await talk(words)
    assert "9:00-21:00" in said
    (action,) = talk.shop.actions
    assert action.name == "transfer_to_human_agents" and words in str(action.arguments["summary"])


async def test_asking_for_a_person_twice_asks_once(talk: Talk) -> None:
    await talk("转人工")
    await talk("转人工")
    assert len(talk.shop.actions) == 1


async def test_yes_to_the_offer_of_a_person_fetches_one(talk: Talk) -> None:
    await talk("asdf qwer zxcv")
    await talk("yes please")
    assert [action.name for action in talk.shop.actions] == ["transfer_to_human_agents"]


async def test_yes_with_nothing_offered_does_nothing(talk: Talk) -> None:
    await talk("好的")
    assert talk.shop.actions == [] and talk.session.stack == ()


async def test_an_angry_customer_gets_a_person_and_the_question_goes_on(talk: Talk) -> None:
    said = await talk("骗子！！我的订单什么时候到")
    assert "抱歉" in said and ASKS_ZH in said
    assert [action.name for action in talk.shop.actions] == ["transfer_to_human_agents"]


async def test_braces_of_a_customer_stay_braces(talk: Talk) -> None:
    await talk("转人工 {0.__class__} {name}")
    assert "{0.__class__}" in str(talk.shop.actions[0].arguments["summary"])


@pytest.mark.parametrize("page", ["cancel-order", "how-to-return", "exchanges", "refunds", "returns"])
async def test_a_pressed_page_is_shown_and_begins_nothing(talk: Talk, page: str) -> None:
    said = await talk(f"page:{page}")
    shown = next(one for one in await talk.shop.pages() if one.id == page)
    assert shown.bodies["en"][:40] in said or shown.bodies["zh"][:20] in said
    assert not talk.session.stack
