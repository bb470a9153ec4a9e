"""Slots: what a flow has to know, by type, with the words that ask for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import yaml

from core.packs.source import Source
from core.shop.records import Texts
from core.types import Language

_NOTHING: Mapping[str, str] = MappingProxyType({})
_TEXTS = ("label", "ask", "again", "invalid")
_KEYS = frozenset({"type", *_TEXTS, "choices", "pattern", "at_least", "at_most", "units", "opening", "cues", "past"})
_OWN_KEYS = {
    "date": {"past"},
    "code": {"pattern"},
    "number": {"at_least", "at_most", "units"},
    "text": {"opening"},
}
KINDS = ("text", "number", "date", "choice", "phone", "code", "yes_no")
"""What a slot can hold; a code is recognised by its pattern."""
RESERVED = frozenset(
    """also answer category channel email key language listed look more_orders name_zip no_email offer order_id
    ordinal other pending_question photo_lines photo_question photos_seen photos_waiting product_id question
    read_at read_email read_numbers recent request shown_goods tickets topic wished_recent zip""".split()
)
"""Names that the engine uses for itself."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One thing to know."""

    name: str
    kind: str
    """One of `KINDS`."""
    label: Texts
    """What it is called when the clerk reads it out: {"zh": "科室", "en": "Department"}."""
    ask: Texts
    again: Texts = field(default_factory=lambda: _NOTHING)
    """For asking once more; empty for the same as before."""
    invalid: Texts = field(default_factory=lambda: _NOTHING)
    """What is said when the answer is none, before asking again."""
    choices: Mapping[str, Mapping[Language, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))
    """By value, what customers call it in each language; the first is what the clerk calls it."""
    pattern: re.Pattern[str] | None = None
    """Of a code; matched on half-width text without blanks and hyphens, letter case aside."""
    at_least: float | None = None
    at_most: float | None = None
    units: tuple[str, ...] = ()
    """Words beside which a number is this slot's without having been asked for: "元", "yuan"."""
    cues: tuple[str, ...] = ()
    """Words right before a value that make it this slot's, where another slot is of the same type: "到", "to"; of a
    free text, other names of it, as in "the name should be Han Mei"."""
    past: bool = False
    """Of a date: whether a day gone by may be meant where it was not asked for; else only days to come are."""
    opening: bool = False
    """Whether the message that begins the flow is the answer, when it says more than what is wanted: a fault."""
    place: str = ""
    """File and line, for the mistakes found later."""


def read_slots(source: Source, node: yaml.Node) -> Mapping[str, Slot]:
    """Return the slots that a mapping declares, in order. Raises `ConfigError` with file and line."""
    return MappingProxyType({name: _slot(source, name, value) for name, value in source.mapping(node).items()})


def _slot(source: Source, name: str, node: yaml.Node) -> Slot:
    if not _NAME.fullmatch(name):
        raise source.wrong(node, f"{name!r} is no slot's name: expected small letters, digits and _")
    if name in RESERVED:
        raise source.wrong(node, f"the engine uses the slot {name!r} itself; choose another name")
    keys = source.mapping(node, _KEYS)
    kind = source.text(keys["type"]) if "type" in keys else ""
    if kind not in KINDS:
        raise source.wrong(keys.get("type", node), f"the slot {name!r} needs a type, one of {', '.join(KINDS)}")
    for owner, own in _OWN_KEYS.items():
        for key in own & keys.keys() if owner != kind else ():
            raise source.wrong(keys[key], f"a {kind} slot has no {key!r}; a {owner} slot has")
    for key in ("label", "ask"):
        if key not in keys:
            raise source.wrong(node, f"the slot {name!r} needs {key!r}, a sentence per language")
    texts = {key: MappingProxyType(source.texts(keys[key])) for key in _TEXTS if key in keys}
    slot = Slot(
        name=name,
        kind=kind,
        choices=_choices(source, name, kind, keys.get("choices"), node),
        pattern=source.pattern(keys["pattern"]) if "pattern" in keys else None,
        at_least=source.number(keys["at_least"]) if "at_least" in keys else None,
        at_most=source.number(keys["at_most"]) if "at_most" in keys else None,
        units=source.names(keys["units"]) if "units" in keys else (),
        cues=source.names(keys["cues"]) if "cues" in keys else (),
        past=source.flag(keys["past"]) if "past" in keys else False,
        opening=source.flag(keys["opening"]) if "opening" in keys else False,
        place=source.place(node),
        **texts,
    )
    if kind == "code" and slot.pattern is None:
        raise source.wrong(node, f"the slot {name!r} needs a pattern, the form of its code: pattern: '[A-Z]\\d{{6}}'")
    return slot


def _choices(
    source: Source, name: str, kind: str, node: yaml.Node | None, slot: yaml.Node
) -> Mapping[str, Mapping[Language, tuple[str, ...]]]:
    """Return what a choice may be called; a yes_no slot may say which words beside yes and no mean them."""
    if kind not in ("choice", "yes_no"):
        if node is not None:
            raise source.wrong(node, f"a {kind} slot has no 'choices'; a choice slot has")
        return MappingProxyType({})
    if node is None:
        if kind == "yes_no":
            return MappingProxyType({})
        raise source.wrong(slot, f"the slot {name!r} needs choices: each value with its names per language")
    found: dict[str, Mapping[Language, tuple[str, ...]]] = {}
    for value, words in source.mapping(node).items():
        if not _NAME.fullmatch(value):
            raise source.wrong(words, f"{value!r} is no choice's value: expected small letters, digits and _")
        if kind == "yes_no" and value not in ("yes", "no"):
            raise source.wrong(words, f"a yes_no slot is yes or no, not {value!r}")
        names = {language: source.names(own) for language, own in source.mapping(words).items()}
        if not names or not all(names.values()):
            raise source.wrong(words, f"the choice {value!r} needs a name per language")
        found[value] = MappingProxyType(names)
    if not found:
        raise source.wrong(node, f"the slot {name!r} needs at least one choice")
    return MappingProxyType(found)
