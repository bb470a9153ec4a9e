"""What the customer was asked for is told to those who listen."""

from __future__ import annotations

import pytest

from tests.core.dialogue.conftest import Talk


@pytest.mark.parametrize(
    ("said", "expects"),
    [
        (["what do you sell"], ""),
        (["where is my order"], "email"),
        (["where is my order", "my zip is 200040"], "email"),
        (["where is my order", "chen.jing@example.com"], "choice"),
        (["cancel W3912702 no longer needed", "chen.jing@example.com"], "yes_no"),
        (["cancel W3912702", "chen.jing@example.com"], "choice"),
        (["change the address of W3912702", "chen.jing@example.com"], "address"),
        (["I need an invoice for W3912702", "chen.jing@example.com"], "choice"),
        (["I need an invoice for W3912702", "chen.jing@example.com", "company"], "name"),
        (["I need an invoice for W3912702", "chen.jing@example.com", "company", "Acme Ltd"], "id"),
        (["blargh frobnicate quux"], "yes_no"),
    ],
)
async def test_what_is_asked_for_is_told(talk: Talk, said: list[str], expects: str) -> None:
    for words in said:
        await talk(words)
    assert talk.outcome and talk.outcome.expects == expects
