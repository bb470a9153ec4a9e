"""Read a pack's policy.yaml: groups of rules, each checked against the slots that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

import yaml

from core.errors import ConfigError
from core.packs.rules import TESTS, WEEKDAYS, Condition, Rule, Rules, day_of
from core.packs.slots import Slot
from core.packs.source import Source

_KEYS = frozenset({"clause", "when", "verdict", "say", "retry"})
_CLAUSE = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LISTS = frozenset({"in", "not_in", "weekday"})
_OF_KIND = {
    "number": {"above", "below", "at_least", "at_most"},
    "date": {"before", "after", "weekday"},
}


def read_rules(path: Path, slots: Mapping[str, Slot], languages: Sequence[str]) -> tuple[Rules, list[str]]:
    """Return the groups of rules in policy.yaml, and every mistake as "file:line: what is wrong"."""
    source = Source(path)
    mistakes: list[str] = []
    groups: dict[str, tuple[Rule, ...]] = {}
    clauses: dict[str, str] = {}
    for group, node in source.mapping(source.root()).items():
        found = []
        for item in source.nodes(node):
            try:
                rule = _rule(source, item, slots, languages)
                if rule.clause in clauses:
                    raise source.wrong(item, f"the clause {rule.clause!r} stands at {clauses[rule.clause]} too")
                clauses[rule.clause] = rule.place
                found.append(rule)
            except ConfigError as error:
                mistakes.append(str(error))
        groups[group] = tuple(found)
    return MappingProxyType(groups), mistakes


def _rule(source: Source, node: yaml.Node, slots: Mapping[str, Slot], languages: Sequence[str]) -> Rule:
    keys = source.mapping(node, _KEYS)
    clause = source.text(keys["clause"]) if "clause" in keys else ""
    if not _CLAUSE.fullmatch(clause):
        raise source.wrong(keys.get("clause", node), "a rule needs a clause such as booking/closed_day")
    verdict = source.text(keys["verdict"]) if "verdict" in keys else "deny"
    if verdict not in ("allow", "deny"):
        raise source.wrong(keys["verdict"], f"the verdict is allow or deny, not {verdict!r}")
    say = source.texts(keys["say"]) if "say" in keys else {}
    lacking = [language for language in languages if not say.get(language)]
    if verdict == "deny" and lacking:
        raise source.wrong(keys.get("say", node), f"the denial {clause} lacks its sentence in {', '.join(lacking)}")
    for name in {name for sentence in say.values() for name in _PLACEHOLDER.findall(sentence)} - slots.keys():
        raise source.wrong(keys["say"], f"{{{name}}} is no slot of this pack")
    retry = source.text(keys["retry"]) if "retry" in keys else ""
    if retry and retry not in slots:
        raise source.wrong(keys["retry"], f"there is no slot {retry!r} (slots: {', '.join(sorted(slots))})")
    when = source.mapping(keys["when"]) if "when" in keys else {}
    return Rule(
        clause=clause,
        conditions=tuple(one for slot, tests in when.items() for one in _conditions(source, slot, tests, slots)),
        allowed=verdict == "allow",
        say=MappingProxyType(say),
        retry=retry,
        place=source.place(node),
    )


def _conditions(source: Source, name: str, node: yaml.Node, slots: Mapping[str, Slot]) -> list[Condition]:
    if name == "verified":
        return [Condition(slot=name, test="is", against=("true" if source.flag(node) else "false",))]
    slot = slots.get(name)
    if slot is None:
        raise source.wrong(node, f"there is no slot {name!r} (slots: {', '.join(sorted(slots))}, verified)")
    found = []
    for test, value in source.mapping(node).items():
        if test not in TESTS:
            raise source.wrong(value, f"there is no condition {test!r} (conditions: {', '.join(sorted(TESTS))})")
        for kind, own in _OF_KIND.items():
            if test in own and slot.kind != kind:
                raise source.wrong(value, f"{test!r} is for a {kind} slot; {name!r} is a {slot.kind} slot")
        against = source.names(value) if test in _LISTS else (source.text(value),)
        for word in against:
            _check_word(source, value, slot, test, word)
        found.append(Condition(slot=name, test=test, against=against))
    return found


def _check_word(source: Source, node: yaml.Node, slot: Slot, test: str, word: str) -> None:
    """Refuse what a condition can never meet."""
    if test == "known":
        source.flag(node)
    elif test in _OF_KIND["number"]:
        source.number(node)
    elif test == "weekday" and word not in WEEKDAYS:
        raise source.wrong(node, f"{word!r} is no weekday (weekdays: {', '.join(WEEKDAYS)})")
    elif test in ("before", "after"):
        try:
            day_of(word, date(2000, 1, 1))
        except ValueError as error:
            raise source.wrong(node, f"expected today, today + DAYS or a date like 2026-12-24, not {word!r}") from error
    elif slot.kind == "choice" and word not in slot.choices:
        raise source.wrong(node, f"{word!r} is no choice of {slot.name!r} (choices: {', '.join(slot.choices)})")
