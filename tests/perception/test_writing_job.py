"""A prompt's way through a batch: what is told, and what is not told twice."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import ModelError
from core.types import Chunk
from perception.writing.job import Job


def job() -> Job:
    return Job(messages=(), schema=None, max_tokens=8, loop=asyncio.get_running_loop(), out=asyncio.Queue())


async def told(job: Job) -> list[Chunk | ModelError | None]:
    await asyncio.sleep(0)
    return [job.out.get_nowait() for _ in range(job.out.qsize())]


async def test_an_answer_begun_anew_is_told_from_where_it_broke_off() -> None:
    one = job()
    one.say("Yes, it", last=False)
    one.begin()
    for text in ("Yes", "Yes, it", "Yes, it is"):
        one.say(text, last=False)
    assert await told(one) == [Chunk(text="Yes, it"), Chunk(text=" is")]


@pytest.mark.parametrize(("text", "last"), [("No", False), ("Yes, he", False), ("Yes, it's red", True), ("Yes", True)])
async def test_an_answer_begun_anew_that_becomes_another_is_cut_off(text: str, last: bool) -> None:
    one = job()
    one.say("Yes, it is", last=False)
    one.begin()
    with one.alone():
        one.say(text, last=last)
    [_, error] = await told(one)
    assert isinstance(error, ModelError) and error.code == "cut_off" and one.over.is_set()


async def test_memory_that_runs_out_is_not_the_jobs_own_fault() -> None:
    one = job()
    with pytest.raises(RuntimeError), one.alone():
        raise RuntimeError("CUDA out of memory")
    assert not one.over.is_set() and await told(one) == []


async def test_after_the_last_word_nothing_is_told() -> None:
    one = job()
    one.finish(cut=False)
    one.fail(ValueError("too late"))
    [last] = await told(one)
    assert isinstance(last, Chunk) and last.usage is not None
