"""What a message proposes while the clerk waits for an answer to something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.types import AskKnowledge, IntentScore
from core.understand.ladder import _INQUIRES
from core.understand.proposing import Proposer, Reading
from core.understand.sentences import Intent

INTENTS = {
    does: Intent(name=does, does=does, sentences={}) for does in ("business", "order", "question", "chat:thanks_bye")
}
WORDS = Reading(
    rest="what is your return policy",
    text="what is your return policy",
    waiting=("identify",),
    recent=(),
    asks=True,
    inquires=True,
    own=False,
    calm=True,
    looks_around=False,
    goods=False,
)


def proposed(reading: Reading, intent: str, probability: float) -> bool:
    """Return whether it is taken for a question about the shop's ways; nothing else may come of it."""
    commands = Proposer(INTENTS).one(reading, (IntentScore(name=intent, probability=probability),))
    assert commands in ([], [AskKnowledge(question=reading.text)])
    return bool(commands)


def test_a_question_about_business_that_may_be_a_wish_is_answered() -> None:
    assert proposed(WORDS, "business", 0.6)


@pytest.mark.parametrize(
    "reading", [replace(WORDS, inquires=False), replace(WORDS, asks=False)], ids=["tells", "names no rule"]
)
def test_what_asks_nothing_is_no_question(reading: Reading) -> None:
    assert not proposed(reading, "business", 0.6)


@pytest.mark.parametrize("intent", ["order", "chat:thanks_bye"])
def test_a_question_about_an_order_is_no_question_about_the_rules(intent: str) -> None:
    assert not proposed(WORDS, intent, 0.6)


@pytest.mark.parametrize(
    ("text", "inquires"),
    [
        ("你们的退货政策是什么", True),
        ("可以退货吗", True),
        ("what is your return policy", True),
        ("ok, how do I return it", True),
        ("the order which I want to return is the blue one", False),
        ("I'd like a refund when it arrives", False),
    ],
)
def test_a_relative_clause_has_not_the_form_of_a_question(text: str, inquires: bool) -> None:
    assert bool(_INQUIRES.search(text)) is inquires
