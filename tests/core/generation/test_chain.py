"""Several models as one: falling back, trying again, leaving the ill alone, and never past the deadline."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.errors import ModelError
from core.generation.chain import Chain, Link
from core.generation.repetition import Repetition
from core.types import ChatMessage, Chunk
from perception.writing.fake import ScriptedModel

HELLO = (ChatMessage(role="user", content="hello"),)


def chain(*models: ScriptedModel) -> Chain:
    return Chain(tuple(Link(name=f"model {at}", model=model) for at, model in enumerate(models)))


async def said(model: Chain, **options: Any) -> str:
    return "".join([chunk.text async for chunk in model.generate(HELLO, **options)])


async def test_the_first_that_is_well_answers() -> None:
    ill, well = ScriptedModel(fails="refused"), ScriptedModel(script=("good day",))
    assert await said(chain(ill, well)) == "good day"
    assert len(ill.asked) == 1


@pytest.mark.parametrize("code", ["unreachable", "rate_limited"])
async def test_what_may_go_well_the_second_time_is_tried_twice(code: str) -> None:
    ill, well = ScriptedModel(fails=code), ScriptedModel(script=("good day",))
    assert await said(chain(ill, well)) == "good day"
    assert len(ill.asked) == 2


async def test_who_failed_three_times_in_a_row_is_left_alone() -> None:
    ill, well = ScriptedModel(fails="refused"), ScriptedModel(script=("good day",))
    both = chain(ill, well)
    for _ in range(5):
        assert await said(both) == "good day"
    assert len(ill.asked) == 3


async def test_an_answer_that_has_begun_is_not_begun_by_another() -> None:
    cut = ScriptedModel(script=("good day to you",), fails="cut_off", cut_after=8)
    other = ScriptedModel(script=("farewell",))
    heard = ""
    with pytest.raises(ModelError, match="middle"):
        async for chunk in chain(cut, other).generate(HELLO):
            heard += chunk.text
    assert heard == "good day" and other.asked == []


async def test_the_deadline_holds_for_all_of_them_together() -> None:
    slow = ScriptedModel(script=("good day to you all, and to yours",), delay_s=0.3)
    began = time.monotonic()
    with pytest.raises(ModelError) as told:
        await said(chain(slow, slow), deadline_s=0.7)
    assert told.value.code == "timeout" and time.monotonic() - began < 3


async def test_a_prompt_that_is_too_long_is_nobodys_illness() -> None:
    narrow, other = ScriptedModel(fails="too_long"), ScriptedModel(script=("good day",))
    both = chain(narrow, other)
    for _ in range(4):
        with pytest.raises(ModelError, match="too_long"):
            await said(both)
    assert len(narrow.asked) == 4 and other.asked == []


@pytest.mark.parametrize(("script", "code"), [("   ", "empty"), ("I am sorry. " * 40, "repeating")])
async def test_an_answer_that_says_nothing_is_an_error(script: str, code: str) -> None:
    with pytest.raises(ModelError) as told:
        await said(chain(ScriptedModel(script=(script,))))
    assert told.value.code == code


@pytest.mark.parametrize(
    ("text", "circles"),
    [
        ("退货" * 20, True),
        ("The bottle keeps drinks hot. The bottle keeps drinks cold. It holds 500 ml and 750 ml.", False),
        ("| 10 | 10 | 10 |\n", False),
        ("哈哈哈哈", False),
    ],
)
def test_circles_are_noticed_however_they_are_cut(text: str, circles: bool) -> None:
    at_once, bit_by_bit = Repetition(), Repetition()
    assert at_once.goes_in_circles(text) is circles
    assert any([bit_by_bit.goes_in_circles(character) for character in text]) is circles


async def test_an_answer_that_no_library_can_read_is_malformed() -> None:
    class Broken(ScriptedModel):
        async def generate(self, messages: Any, **options: Any) -> Any:
            yield Chunk(text=["no", "text"])  # type: ignore[arg-type]

    class Worse(ScriptedModel):
        async def generate(self, messages: Any, **options: Any) -> Any:
            raise AttributeError("delta")
            yield

    for ill in (Broken(), Worse()):
        with pytest.raises(ModelError) as told:
            await said(chain(ill), deadline_s=0.6)
        assert told.value.code == "malformed"
