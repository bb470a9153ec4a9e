from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk


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
