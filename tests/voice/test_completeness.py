"""How long a clerk waits after which words; every number is a silence in seconds."""

from __future__ import annotations

import pytest

from core.types import Expect
from voice.call import cues
from voice.call.completeness import hold_s
from voice.call.endpointing import Patience

PATIENCE = Patience()
SURE, UNSURE, DOUBTFUL = 0.95, 0.5, 0.05


@pytest.mark.parametrize(
    "text",
    [
        "My order number is",
        "I want to return it, and",
        "我想退货，因为",
        "我的订单号是",
        "我那个呃",
        "呃",
        "um",
        "可以帮我改成",
        "My order number is W",
        "我的订单号是 w.",
        "我的定档号是 W",
    ],
)
def test_nobody_ends_so_however_it_sounds(text: str) -> None:
    assert hold_s(text, SURE, "", PATIENCE) == PATIENCE.hold_s


@pytest.mark.parametrize(
    "text", ["Where is my order?", "How much is it?", "我要退货。", "我想要红色的", "A kettle, please.", "对，就是这个"]
)
def test_a_sentence_that_also_sounds_finished_is_answered_early(text: str) -> None:
    assert hold_s(text, SURE, "", PATIENCE) == PATIENCE.early_s


@pytest.mark.parametrize("text", ["Where is my order?", "我的快递到哪里了"])
def test_a_finished_sentence_never_waits_for_seconds_even_where_its_sound_is_misjudged(text: str) -> None:
    assert hold_s(text, DOUBTFUL, "", PATIENCE) <= 1.2
    assert hold_s(text, UNSURE, "", PATIENCE) == PATIENCE.trailing_s


@pytest.mark.parametrize("text", ["Yes.", "对", "好的好的", "Uh-huh.", "嗯", "No stop!", "等一下", "Hold on."])
def test_the_shortest_answers_are_whole(text: str) -> None:
    assert hold_s(text, DOUBTFUL, "", PATIENCE) == PATIENCE.early_s


@pytest.mark.parametrize(
    ("text", "expects", "silence_s"),
    [
        ("我的订单号是三五", "", PATIENCE.hold_s),
        ("W 3 5", "id", PATIENCE.hold_s),
        ("three five zero one", "id", PATIENCE.dictated_s),
        ("三五零幺七零一", "id", PATIENCE.trailing_s),
        ("138", "phone", PATIENCE.hold_s),
        ("13800138000", "phone", PATIENCE.trailing_s),
        ("my zip code is 9410", "email", PATIENCE.dictated_s),
        ("my zip code is 9 4 1 0 7", "email", PATIENCE.trailing_s),
        ("邮编是二零零零四零", "", PATIENCE.trailing_s),
        ("chen at example", "email", PATIENCE.hold_s),
        ("chen@example.com", "email", PATIENCE.trailing_s),
        ("上海市浦东新区", "address", PATIENCE.dictated_s),
        ("I want two of them", "", PATIENCE.early_s),
        ("3", "", PATIENCE.doubtful_s),
        ("one, two", "", PATIENCE.doubtful_s),
        ("2", "choice", PATIENCE.early_s),
        ("我的定档号是 w. 3-7-3-3。", "", PATIENCE.dictated_s),
        ("that is nine four one zero", "email", PATIENCE.dictated_s),
        ("it costs 299", "", PATIENCE.doubtful_s),
        ("我要 3", "", PATIENCE.early_s),
        ("三七三三", "choice", PATIENCE.early_s),
    ],
)
def test_who_dictates_may_breathe_until_the_number_is_whole(text: str, expects: Expect, silence_s: float) -> None:
    assert hold_s(text, SURE, expects, PATIENCE) == silence_s


@pytest.mark.parametrize("text", ["Uh-huh.", "嗯", "好的好的。", "Yeah, okay.", "对对对", "I see.", "明白了", "um"])
def test_a_sign_of_listening_is_no_interruption(text: str) -> None:
    assert cues.load().is_backchannel(text)


@pytest.mark.parametrize("text", ["等一下", "no, stop", "好的，那我要退货", "Yeah but why?", "不对", "Wait.", "不是"])
def test_anything_else_is(text: str) -> None:
    assert not cues.load().is_backchannel(text)


def test_requests_about_the_call_are_told_from_requests_to_the_shop() -> None:
    words = cues.load()
    assert words.asks_to_wait("好的，等一下。") and words.asks_to_wait("Hold on a second, please.") is False
    assert words.asks_to_wait("Hold on.") and not words.asks_to_wait("How long do I wait for it?")
    assert words.asks_to_stop("No, stop!") and not words.asks_to_stop("Stop my subscription.")
    assert words.asks_to_go_on("继续。") and words.asks_to_go_on("Go on.") and not words.asks_to_go_on("继续退货")
    assert words.is_farewell("谢谢，再见！") and not words.is_farewell("Will I see you buy it?")


def test_an_endless_row_of_assent_is_judged_in_no_time() -> None:
    assert not cues.load().is_backchannel("对" * 100_000 + "x")
    assert not cues.load().is_backchannel("对" * 23 + "x")
