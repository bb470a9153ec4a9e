"""What could not be heard or seen is told, and nothing is made of it."""

from __future__ import annotations

import inspect
import re

import pytest

from core.wording.templates import load_templates
from perception.perceive import Perceiver
from tests.core.dialogue.conftest import Talk, match, photo


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_flag_of_perception_has_its_sentence(language: str) -> None:
    flags = set(re.findall(r'"(\w+)"', inspect.getdoc(Perceiver.perceive) or "")) - {"other_language"}
    templates = load_templates()
    assert len(flags) >= 9
    assert all(templates.say(f"flag.{flag}", language) for flag in flags)


async def test_a_photo_that_was_not_seen_is_not_answered_with_the_product_before(talk: Talk) -> None:
    before = await talk("how much is the kettle?")
    price = re.search(r"[¥$]\s?\d+", before)
    assert price is not None
    answer = await talk("这个多少钱", flags=("seeing_failed",))
    assert "照片" in answer
    assert price[0] not in answer


@pytest.mark.parametrize("flag", ["seeing_failed", "seeing_off", "unreadable_photo"])
@pytest.mark.parametrize("words", ["这个多少钱？", "do you have this?"])
async def test_who_was_told_that_a_photo_was_not_seen_is_asked_once(talk: Talk, flag: str, words: str) -> None:
    answer = await talk(words, flags=(flag,))
    assert "哪一款" not in answer and "Which product" not in answer
    assert answer.count("\n") == 0
    again = await talk("", attachments=(photo("ab12"),), matches=(match("ab12", "vacuum-flask"),))
    assert "¥" in again
