"""Read a pack, with all its mistakes at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from core.dialogue.flow import Flow
from core.dialogue.load import FOLDER as SHOP_FLOWS
from core.dialogue.load import read_flows
from core.errors import ConfigError
from core.packs.card import Card, read_card
from core.packs.checking import mistakes_in
from core.packs.intents import read_intents
from core.packs.pack import BUILT_IN, COMMON, Pack, built_in, find_folder
from core.packs.pages import read_pages
from core.packs.policy import read_rules
from core.packs.rules import Rules
from core.packs.sentences import read_sentences
from core.packs.slots import Slot

_INHERITED = ("handoff", "identify", "question")
"""Flows of the shop that every pack has unless it brings its own."""


def load_pack(ref: str) -> Pack:
    """Return the built-in pack called `ref`, or the one in the folder `ref`.

    Raises `ConfigError` with every mistake of the pack, a line each, as "file:line: what is wrong and what was
    expected".
    """
    folder = folder_of(ref)
    pack, mistakes = _built_in(folder) if folder.parent == BUILT_IN else read_pack(folder)
    if pack is None or mistakes:
        raise ConfigError(f"the pack {ref!r} has {len(mistakes)} mistake(s):\n" + "\n".join(mistakes))
    return pack


@cache
def _built_in(folder: Path) -> tuple[Pack | None, list[str]]:
    return read_pack(folder)


def folder_of(ref: str) -> Path:
    """Return the folder of a pack; raises `ConfigError` when there is none."""
    folder = find_folder(ref)
    if folder is None:
        raise ConfigError(f"there is no pack {ref!r}: expected one of {', '.join(built_in())}, or a pack's folder")
    return folder


def read_pack(folder: Path) -> tuple[Pack | None, list[str]]:
    """Return the pack in a folder, as far as it can be read, and every mistake in its files."""
    if not (folder / "pack.yaml").is_file():
        return None, [f"{folder / 'pack.yaml'}:1: is missing; a pack is a folder with a pack.yaml"]
    card, mistakes = read_card(folder / "pack.yaml")
    sells = "shop" in card.needs
    flows, lines, wrong = read_flows(folder / "flows")
    if not flows and not wrong:
        wrong = [f"{folder / 'flows'}:1: a pack needs at least one flow (flows/*.yaml)"]
    slots, clashing = _all_slots(card, flows)
    intents, unread = read_intents(folder / "intents", card.languages, sells=sells)
    templates, unsaid = read_sentences(folder / "templates", card)
    rules, unruled = _rules(folder / "policy.yaml", slots, card)
    pages, unwritten = read_pages(folder / "knowledge", card.languages)
    pack = Pack(
        name=card.name or folder.name,
        folder=folder,
        titles=card.titles,
        languages=card.languages,
        needs=card.needs,
        menu=tuple(f"menu{place}" for place in range(len(card.menu))),
        alarms=card.alarms,
        slots=slots,
        flows=flows if sells else MappingProxyType({**_inherited(), **flows}),
        intents=intents,
        templates=templates,
        rules=rules,
        pages=pages,
    )
    mistakes += [*wrong, *clashing, *unread, *unsaid, *unruled, *unwritten]
    return pack, mistakes + mistakes_in(pack, flows, lines, card)


@cache
def _inherited() -> Mapping[str, Flow]:
    shop, _, _ = read_flows(SHOP_FLOWS)
    common, _, _ = read_flows(BUILT_IN / COMMON / "flows")
    return MappingProxyType({**{name: shop[name] for name in _INHERITED}, **common})


def _all_slots(card: Card, flows: Mapping[str, Flow]) -> tuple[Mapping[str, Slot], list[str]]:
    """Return the slots of the pack and of all its flows; two of one name must be of one type."""
    slots, mistakes = dict(card.slots), []
    for flow in (flows if "shop" in card.needs else {**_inherited(), **flows}).values():
        for slot in flow.slots.values():
            twin = slots.setdefault(slot.name, slot)
            if twin.kind != slot.kind:
                mistakes.append(f"{slot.place}: the slot {slot.name!r} is a {twin.kind} at {twin.place}")
    return MappingProxyType(slots), mistakes


def _rules(path: Path, slots: Mapping[str, Slot], card: Card) -> tuple[Rules, list[str]]:
    if not path.is_file() or "shop" in card.needs:  # the shop's policy.yaml holds its terms, which core.shop reads
        return MappingProxyType({}), []
    try:
        return read_rules(path, slots, card.languages)
    except ConfigError as error:
        return MappingProxyType({}), [str(error)]
