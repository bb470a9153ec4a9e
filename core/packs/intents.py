"""A pack's intents: its own, and those that customers of any business have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from core.errors import ConfigError
from core.packs.source import Source
from core.types import Language
from core.understand.sentences import FOLDER as SHOP_INTENTS
from core.understand.sentences import Intent, load_intents

SHARED = MappingProxyType(
    {
        "greeting": "",
        "thanks_bye": "",
        "human_agent": "",
        "complaint": "flow:complaint",
        "chitchat": "",
        "out_of_scope": "",
    }
)
"""Intents of the shop that every pack has unless it brings its own; with what they do elsewhere, where that differs."""
_KINDS = ("flow", "question", "handoff", "chat", "none")
_SHOP_KINDS = ("business", "order")


def read_intents(folder: Path, languages: Sequence[Language], *, sells: bool) -> tuple[tuple[Intent, ...], list[str]]:
    """Return the intents of a pack in the order of their names, and every mistake as "file:line: what is wrong"."""
    intents: dict[str, Intent] = {}
    mistakes: list[str] = []
    said: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            intents[path.stem] = _intent(Source(path), languages, said, mistakes, sells=sells)
        except ConfigError as error:
            mistakes.append(str(error))
    if not sells:
        intents = {**_shared(), **intents}
    return tuple(intents[name] for name in sorted(intents)), mistakes


@cache
def _shared() -> dict[str, Intent]:
    shop = {intent.name: intent for intent in load_intents(SHOP_INTENTS)}
    return {name: replace(shop[name], does=does or shop[name].does) for name, does in SHARED.items()}


def _intent(
    source: Source, languages: Sequence[Language], said: dict[str, str], mistakes: list[str], *, sells: bool
) -> Intent:
    root = source.root()
    keys = source.mapping(root, frozenset({"does", *languages}))
    if "does" not in keys:
        raise source.wrong(root, "an intent needs 'does', such as does: flow:NAME or does: question")
    does = source.text(keys["does"])
    kinds = (*_KINDS, *_SHOP_KINDS) if sells else _KINDS
    kind, _, what = does.partition(":")
    if kind not in kinds or (kind in ("flow", "chat")) != bool(what):
        raise source.wrong(keys["does"], f"an intent does flow:NAME, chat:TOPIC or one of {', '.join(kinds)}: {does!r}")
    sentences: dict[Language, tuple[str, ...]] = {}
    for language in languages:
        if language not in keys:
            raise source.wrong(root, f"the intent {source.path.stem!r} has no sentences in {language}")
        nodes = source.nodes(keys[language])
        if not nodes:
            raise source.wrong(keys[language], f"the intent {source.path.stem!r} has no sentences in {language}")
        for node in nodes:
            text = source.text(node)
            twin = said.setdefault(" ".join(text.lower().split()), source.place(node))
            if twin != source.place(node):
                mistakes.append(f"{source.place(node)}: the sentence {text!r} stands at {twin} too")
        sentences[language] = tuple(source.text(node) for node in nodes)
    return Intent(name=source.path.stem, does=does, sentences=sentences)
