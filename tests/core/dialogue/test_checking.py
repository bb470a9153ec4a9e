"""What was hardly heard, and addresses that say who somebody is, are read back before anything is made of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.types import Transcript, Word
from tests.core.dialogue.conftest import MemoryShop, Talk


@pytest.fixture
def call(talk: Talk) -> Talk:
    talk.session = replace(talk.session, channel="phone")
    return talk


def heard(text: str, confidence: float, language: str = "en") -> Transcript:
    words = tuple(Word(text=word, start_s=0, end_s=1, confidence=confidence) for word in text.split())
    return Transcript(text=text, language=language, confidence=confidence, words=words)


async def test_an_address_that_tells_who_calls_is_read_back_once(call: Talk) -> None:
    await call("where is my order")
    back = await call("maria dot sousa nine nine at example dot com")
    assert "m a r i a dot s o u s a 9 9 at example dot com" in back
    assert call.session.identity is None and call.outcome and call.outcome.expects == "yes_no"
    assert "found you" in await call("yes")


async def test_an_address_is_not_read_back_where_an_order_of_the_same_customer_proves_it(call: Talk) -> None:
    await call("where is order W5120356")
    assert "found you" in await call("maria dot sousa nine nine at example dot com")


async def test_a_no_asks_again_and_the_new_address_is_read_back(call: Talk) -> None:
    await call("查订单")
    await call("chen 点 jin 艾特 example 点 com")
    assert "再说一遍" in await call("不对")
    assert "c h e n 点 j i n g" in await call("chen 点 jing 艾特 example 点 com")
    await call("对")
    assert call.session.identity is not None


@pytest.mark.parametrize("said", ["no, nine not eight", "not eight, nine"])
async def test_one_wrong_sign_is_put_right(call: Talk, said: str) -> None:
    await call("where is my order")
    await call("it's maria dot sousa eight at example dot com")
    assert "s o u s a 9 at" in await call(said)


async def test_an_order_number_that_was_hardly_heard_is_read_back(call: Talk) -> None:
    words = "cancel W5120356"
    back = await call(words, transcript=heard(words, 0.3))
    assert "W 5 1 2 0 3 5 6" in back and not call.session.stack
    await call("yes", transcript=heard("yes", 0.9))
    assert call.session.slots["order_id"] == "#W5120356"


async def test_a_hardly_heard_number_that_is_an_own_order_needs_no_question(call: Talk) -> None:
    await call("where is order W5120356")
    await call("maria.sousa99@example.com")
    words = "and W5120299"
    assert "I heard" not in await call(words, transcript=heard(words, 0.3))


async def test_nothing_is_done_on_a_yes_that_was_hardly_heard(call: Talk, shop: MemoryShop) -> None:
    await call("cancel W5120356, no longer needed")
    await call("maria.sousa99@example.com")
    assert "yes or no" in await call("yes", transcript=heard("yes", 0.2))
    assert not shop.done
    await call("1")
    assert [action.name for action in shop.done] == ["cancel_pending_order"]


async def test_a_key_for_no_leaves_all_as_it_is(call: Talk, shop: MemoryShop) -> None:
    await call("cancel W5120356, no longer needed")
    await call("maria.sousa99@example.com")
    await call("2")
    await call("yes")
    assert not shop.done


async def test_words_that_were_hardly_heard_and_not_understood_are_asked_for_again(call: Talk) -> None:
    words = "blargh frob quux"
    assert "didn't hear" in await call(words, transcript=heard(words, 0.2))


async def test_an_order_number_keyed_without_its_letter_is_found_among_the_own_orders(call: Talk) -> None:
    await call("5120356")
    await call("maria.sousa99@example.com")
    assert call.session.slots["order_id"] == "#W5120356"


async def test_digits_of_somebody_elses_order_are_not_found(call: Talk) -> None:
    await call("3912702")
    await call("maria.sousa99@example.com")
    answer = await call("yes")
    assert "can't find" in answer


async def test_key_zero_fetches_a_person(call: Talk) -> None:
    await call("where is my order")
    await call("0")
    assert call.session.handed_off


@pytest.mark.parametrize(
    ("words", "manner"),
    [("speak slower please", "slower"), ("说慢一点", "slower"), ("大声一点", "louder"), ("can you speak up", "louder")],
)
async def test_another_manner_is_told_and_the_last_words_are_said_again(call: Talk, words: str, manner: str) -> None:
    before = await call("where is my order")
    again = await call(words)
    assert call.outcome and call.outcome.manner == manner
    assert again.endswith(before)


async def test_another_language_asks_the_open_question_in_it(call: Talk) -> None:
    await call("where is my order")
    again = await call("请说中文")
    assert "邮箱" in again and call.outcome and call.outcome.language == "zh"


async def test_typing_channels_read_nothing_back(talk: Talk) -> None:
    await talk("where is my order")
    assert "found you" in await talk("maria.sousa99@example.com")
    assert talk.outcome and talk.outcome.manner == ""
