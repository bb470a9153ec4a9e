from __future__ import annotations

from dataclasses import replace

import pytest

from core.dialogue.clerk_dialogue import Dialogue
from core.types import Command, SetSlot, StartFlow
from core.understand.ladder import Understander
from tests.core.dialogue.conftest import MemoryShop, Talk


async def test_no_leaves_everything_as_it_is(talk: Talk) -> None:
    await talk("我要退货")
    await talk("不用了")
    assert talk.shop.actions == [] and talk.session.stack == ()


async def test_a_person_instead_of_a_ticket(talk: Talk) -> None:
    await talk("我要退款")
    await talk("转人工")
    assert [action.name for action in talk.shop.actions] == ["transfer_to_human_agents"]
    assert talk.session.stack == ()


async def test_a_question_about_the_rules_gets_the_rules_and_an_offer(talk: Talk) -> None:
    await talk("怎么开发票")
    assert talk.session.stack == () and talk.session.slots["offer"] == "ticket"
    assert "邮箱" in await talk("好的")


@pytest.mark.parametrize(
    "words", ["帮我开发票", "please refund me", "I want to exchange it", "帮我改一下收货地址", "少发了一件，帮我处理"]
)
async def test_nothing_is_pretended(talk: Talk, words: str) -> None:
    await talk(words)
    assert talk.shop.actions == []
    assert talk.outcome and talk.outcome.outcome == "asked"


class Guesses:
    """Take whatever is said for a wish to have something installed, as a small model may."""

    async def interpret(self, *_: object) -> list[Command]:
        topic = SetSlot(slot="topic", value="install_service", source="model")
        return [topic, StartFlow(flow="business", source="model")]


async def test_a_models_guess_is_not_answered_from_a_page_that_the_words_are_not_about(
    read: Understander, shop: MemoryShop
) -> None:
    guessing = Talk(replace(read, interpreter=Guesses()), Dialogue(shop, None, currency="CNY"), shop)
    said = await guessing("can I tour your factory")
    assert "technician" not in said and "step" not in said
