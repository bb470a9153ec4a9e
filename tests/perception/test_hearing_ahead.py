"""The second attempt at a sentence is decoded while the first is, and delays nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from perception.hearing.faster_whisper import FasterWhisper
from perception.hearing.whisper import Stretch


class Scripted(FasterWhisper):
    """Notes what is decoded, and in which thread; the words before are the words heard."""

    def _decode(self, one: Any, language: str, before: str | None, **_: Any) -> list[Stretch]:
        cast(list[tuple[str, str]], one).append((before or "", threading.current_thread().name))
        if before == "broken":
            raise RuntimeError("no memory")
        return [Stretch(text=before or "", avg_logprob=-0.1, no_speech_prob=0.0, compression_ratio=1.0, tokens=1)]


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as threads:
        yield threads


def hearing(beside: ThreadPoolExecutor | None) -> FasterWhisper:
    return Scripted(model=cast(Any, None), device="cpu", beam=1, word_times=False, beside=beside)


def test_the_second_attempt_is_made_beside_and_the_third_when_it_is_called(beside: ThreadPoolExecutor) -> None:
    decoded: list[tuple[str, str]] = []
    with hearing(beside)._ahead(cast(Any, decoded), "zh", ["second", "third"]) as attempts:
        beside.submit(lambda: None).result()  # what came before it has been done
        assert [before for before, _ in decoded] == ["second"]
        assert [attempt()[0].text for attempt in attempts] == ["second", "third"]
    assert [(before, name[:6] == "beside") for before, name in decoded] == [("second", True), ("third", False)]


def test_what_has_not_begun_is_made_at_once_or_never(beside: ThreadPoolExecutor) -> None:
    decoded: list[tuple[str, str]] = []
    free = threading.Event()
    beside.submit(free.wait)  # the attempt of a recording that nobody waits for any more
    with hearing(beside)._ahead(cast(Any, decoded), "zh", ["never"]):
        pass
    with hearing(beside)._ahead(cast(Any, decoded), "zh", ["at once"]) as (attempt,):
        assert attempt()[0].text == "at once"
    free.set()
    beside.submit(lambda: None).result()
    assert [(before, name[:6] == "beside") for before, name in decoded] == [("at once", False)]


def test_a_fault_of_the_second_is_told_to_who_calls_it_and_to_nobody_else(beside: ThreadPoolExecutor) -> None:
    with hearing(beside)._ahead(cast(Any, []), "zh", ["broken"]):
        pass
    with (
        hearing(beside)._ahead(cast(Any, []), "zh", ["broken"]) as (attempt,),
        pytest.raises(RuntimeError, match="no memory"),
    ):
        attempt()


def test_without_a_core_to_spare_all_attempts_wait_to_be_called() -> None:
    decoded: list[tuple[str, str]] = []
    with hearing(None)._ahead(cast(Any, decoded), "en", ["one", "two"]) as attempts:
        assert not decoded
        assert [attempt()[0].text for attempt in attempts] == ["one", "two"]
