"""Read pack.yaml: what the pack is called, speaks, needs and greets with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml

from core.errors import ConfigError
from core.packs.pack import NEEDS, Alarm
from core.packs.slots import Slot, read_slots
from core.packs.source import Source
from core.shop.records import Texts
from core.types import Language

SPOKEN: tuple[Language, ...] = ("zh", "en")
"""The languages that the engine speaks, which a pack may choose from."""
_Value = TypeVar("_Value")
_KEYS = frozenset({"name", "title", "languages", "needs", "greeting", "menu", "alarms", "slots"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice of the menu."""

    label: Texts
    says: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What pack.yaml says."""

    name: str = ""
    titles: Texts = field(default_factory=lambda: MappingProxyType({}))
    languages: tuple[Language, ...] = SPOKEN
    needs: frozenset[str] = frozenset()
    greeting: Texts = field(default_factory=lambda: MappingProxyType({}))
    menu: tuple[Button, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))
    flows_named: tuple[tuple[str, str], ...] = ()
    """The flows that alarms begin, with the place of each."""


def read_card(path: Path) -> tuple[Card, list[str]]:
    """Return what a pack.yaml says, and every mistake in it as "file:line: what is wrong"."""
    source = Source(path)
    try:
        root = source.root()
        keys = source.mapping(root, _KEYS)
    except ConfigError as error:
        return Card(), [str(error)]
    reader = _Reader(source, keys, [])
    languages = reader.languages()
    for key in ("name", "title"):
        if key not in keys:
            reader.mistakes.append(f"{source.place(root)}: a pack needs {key!r}")
    alarms = reader.alarms()
    card = Card(
        name=reader.name(),
        titles=reader.sentences("title", languages),
        languages=languages,
        needs=reader.needs(),
        greeting=reader.sentences("greeting", languages),
        menu=reader.menu(languages),
        alarms=tuple(alarm for alarm, _ in alarms),
        slots=reader.slots(),
        flows_named=tuple((alarm.flow, place) for alarm, place in alarms),
    )
    return card, reader.mistakes


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads key by key, noting mistakes."""

    source: Source
    keys: Mapping[str, yaml.Node]
    mistakes: list[str]

    def name(self) -> str:
        def read(node: yaml.Node) -> str:
            name = self.source.text(node)
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise self.source.wrong(node, f"{name!r} is no pack's name: expected small letters, digits and _")
            return name

        return self._noted("name", read, "")

    def languages(self) -> tuple[Language, ...]:
        def read(node: yaml.Node) -> tuple[Language, ...]:
            names = self.source.names(node)
            unknown = [name for name in names if name not in SPOKEN]
            if unknown or not names:
                raise self.source.wrong(node, f"expected languages among {', '.join(SPOKEN)}, not {', '.join(unknown)}")
            return names

        return self._noted("languages", read, SPOKEN)

    def needs(self) -> frozenset[str]:
        def read(node: yaml.Node) -> frozenset[str]:
            names = self.source.names(node)
            for name in names:
                if name not in NEEDS:
                    raise self.source.wrong(node, f"a pack cannot need {name!r} (it may need: {', '.join(NEEDS)})")
            return frozenset(names)

        return self._noted("needs", read, frozenset())

    def sentences(self, key: str, languages: Sequence[Language]) -> Texts:
        return self._noted(key, lambda node: _in_all(self.source, node, languages), MappingProxyType({}))

    def menu(self, languages: Sequence[Language]) -> tuple[Button, ...]:
        def read(node: yaml.Node) -> tuple[Button, ...]:
            buttons = []
            for item in self.source.nodes(node):
                keys = self.source.mapping(item, frozenset({"label", "says"}))
                for key in ("label", "says"):
                    if key not in keys:
                        raise self.source.wrong(item, f"a button of the menu needs {key!r}, a sentence per language")
                label, says = (_in_all(self.source, keys[key], languages) for key in ("label", "says"))
                buttons.append(Button(label=label, says=says))
            return tuple(buttons)

        return self._noted("menu", read, ())

    def alarms(self) -> tuple[tuple[Alarm, str], ...]:
        def read(node: yaml.Node) -> tuple[tuple[Alarm, str], ...]:
            found = []
            for item in self.source.nodes(node):
                keys = self.source.mapping(item, frozenset({"flow", "words"}))
                if len(keys) < 2:
                    raise self.source.wrong(item, "an alarm needs 'flow' and 'words', a list of regular expressions")
                words = tuple(self.source.pattern(word) for word in self.source.nodes(keys["words"]))
                alarm = Alarm(flow=self.source.text(keys["flow"]), words=words)
                found.append((alarm, self.source.place(keys["flow"])))
            return tuple(found)

        return self._noted("alarms", read, ())

    def slots(self) -> Mapping[str, Slot]:
        return self._noted("slots", lambda node: read_slots(self.source, node), MappingProxyType({}))

    def _noted(self, key: str, read: Callable[[yaml.Node], _Value], otherwise: _Value) -> _Value:
        if key not in self.keys:
            return otherwise
        try:
            return read(self.keys[key])
        except ConfigError as error:
            self.mistakes.append(str(error))
            return otherwise


def _in_all(source: Source, node: yaml.Node, languages: Sequence[Language]) -> Texts:
    texts = source.texts(node)
    lacking = [language for language in languages if not texts.get(language, "").strip()]
    if lacking:
        raise source.wrong(node, f"the sentence lacks in {', '.join(lacking)}")
    return MappingProxyType(texts)
