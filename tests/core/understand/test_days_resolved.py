from __future__ import annotations

from datetime import date

import pytest

from core.understand.dates import dates, resolve, times

MONDAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("明天", date(2026, 6, 16)),
        ("后天送", date(2026, 6, 17)),
        ("周五", date(2026, 6, 19)),
        ("下周一", date(2026, 6, 22)),
        ("6月3日", date(2027, 6, 3)),
        ("六月二十号", date(2026, 6, 20)),
        ("三天后", date(2026, 6, 18)),
        ("tomorrow", date(2026, 6, 16)),
        ("next Friday", date(2026, 6, 26)),
        ("on saturday please", date(2026, 6, 20)),
        ("Nov 25", date(2026, 11, 25)),
        ("the 4th of July", date(2026, 7, 4)),
        ("25 December 2027", date(2027, 12, 25)),
        ("in two weeks", date(2026, 6, 29)),
        ("2026-07-01", date(2026, 7, 1)),
        ("Feb 29", date(2028, 2, 29)),
    ],
)
def test_a_day_is_found_and_counted_from_today(said: str, day: date) -> None:
    assert [resolve(found.value, MONDAY) for found in dates(said)] == [day]


@pytest.mark.parametrize("said", ["13月45日", "I may come", "sat down", "一周内"])
def test_what_is_no_day_is_not_taken_for_one(said: str) -> None:
    assert list(dates(said)) == []


def test_a_value_that_is_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="someday"):
        resolve("someday", MONDAY)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("下午三点以后", ["after 15:00"]),
        ("晚上七点半", ["19:30"]),
        ("after 6 pm", ["after 18:00"]),
        ("by noon", ["noon"]),
        ("at 9:15 am", ["09:15"]),
        ("in the evening", ["evening"]),
        ("三点五升", []),
        ("三点二十分", ["03:20"]),
    ],
)
def test_a_time_of_day_is_found(said: str, expected: list[str]) -> None:
    assert list(dict.fromkeys(found.value for found in times(said)))[:1] == expected
