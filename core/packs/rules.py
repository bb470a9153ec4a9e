"""A pack's rules: conditions on what is known, each with its clause and its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from core.shop.records import Texts

_RELATIVE = re.compile(r"today(?:\s*([+-])\s*(\d{1,3}))?")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Test = Callable[[str, str, date], bool]
"""(what is known, what the rule says, today) -> whether it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that must hold for a rule to speak."""

    slot: str
    """A slot's name, or "verified" for whether the customer proved who they are."""
    test: str
    """One of `TESTS`."""
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is allowed or denied when all its conditions hold."""

    clause: str
    """"booking/closed_day": stable, for the record."""
    conditions: tuple[Condition, ...]
    allowed: bool
    say: Texts
    """What a denial says, and what is possible instead; {slot} puts a value in."""
    retry: str = ""
    """The slot that is asked for again after a denial."""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a group of rules says, and which rule said so."""

    allowed: bool
    clause: str
    rule: Rule | None = None


Rules = Mapping[str, tuple[Rule, ...]]
"""The groups of a pack's rules by name."""


def judge(group: str, rules: Sequence[Rule], known: Mapping[str, str], *, verified: bool, today: date) -> Verdict:
    """Return the verdict of the first rule whose conditions all hold; without one, it is allowed.

    A condition on a slot that is not known does not hold, but for `known: false`.
    """
    facts = {**known, "verified": "true" if verified else "false"}
    for rule in rules:
        if all(_holds(condition, facts, today) for condition in rule.conditions):
            return Verdict(allowed=rule.allowed, clause=rule.clause, rule=rule)
    return Verdict(allowed=True, clause=f"{group}/nothing_against")


def _holds(condition: Condition, facts: Mapping[str, str], today: date) -> bool:
    value = facts.get(condition.slot, "")
    if condition.test == "known":
        return (value != "") == (condition.against[0] == "true")
    if not value:
        return False
    hits = (TESTS[condition.test](value, against, today) for against in condition.against)
    return not any(hits) if condition.test in _NEGATED else any(hits)


def _same(value: str, against: str, _today: date) -> bool:
    return value == against


def _numeric(compare: Callable[[float, float], bool]) -> Test:
    def test(value: str, against: str, _today: date) -> bool:
        try:
            return compare(float(value), float(against))
        except ValueError:
            return False

    return test


def _dated(compare: Callable[[date, date], bool]) -> Test:
    def test(value: str, against: str, today: date) -> bool:
        try:
            return compare(date.fromisoformat(value), day_of(against, today))
        except ValueError:
            return False

    return test


def _weekday(value: str, against: str, _today: date) -> bool:
    try:
        return WEEKDAYS[date.fromisoformat(value).weekday()] == against
    except ValueError:
        return False


TESTS: Mapping[str, Test] = MappingProxyType(
    {
        "is": _same,
        "in": _same,
        "is_not": _same,
        "not_in": _same,
        "known": _same,
        "above": _numeric(lambda value, limit: value > limit),
        "below": _numeric(lambda value, limit: value < limit),
        "at_least": _numeric(lambda value, limit: value >= limit),
        "at_most": _numeric(lambda value, limit: value <= limit),
        "before": _dated(lambda value, limit: value < limit),
        "after": _dated(lambda value, limit: value > limit),
        "weekday": _weekday,
    }
)
"""The comparisons that rules may use."""
_NEGATED = frozenset({"is_not", "not_in"})


def day_of(text: str, today: date) -> date:
    """Return the day that "today", "today + 3" or "2026-12-24" means; raises `ValueError` for anything else."""
    match = _RELATIVE.fullmatch(text.strip())
    if match is None:
        return date.fromisoformat(text.strip())
    days = int(match.group(2) or 0)
    return today + timedelta(days=-days if match.group(1) == "-" else days)
