"""What a pack is, once it has been read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from core.dialogue.flow import Flow
from core.packs.rules import Rules
from core.packs.slots import Slot
from core.shop.records import Page, Texts
from core.types import Language
from core.understand.sentences import Intent
from core.wording.templates import Templates

BUILT_IN = Path(str(files("assets"))) / "packs"
"""The packs that come with the engine, a folder each; "common" holds what all but the shop inherit."""
COMMON = "common"
NEEDS = {
    "shop": "orders and a catalogue, with all the acts that work on them",
    "customers": "customer records, to check who is speaking",
}
"""What a pack may need beside itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Words that begin a flow at once, whatever else is going on: an emergency does not wait for a form."""

    flow: str
    words: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A business: what customers want there, how it is done, under which rules, and in which words."""

    name: str
    folder: Path
    titles: Texts
    """What the place is called."""
    languages: tuple[Language, ...]
    needs: frozenset[str]
    """Of `NEEDS`."""
    menu: tuple[str, ...]
    """Buttons offered with a greeting: sentences button.NAME and press.NAME."""
    alarms: tuple[Alarm, ...]
    slots: Mapping[str, Slot]
    """All slots, the pack's own and those of its flows."""
    flows: Mapping[str, Flow]
    intents: tuple[Intent, ...]
    templates: Templates
    rules: Rules
    pages: Mapping[str, Page]

    @property
    def sells(self) -> bool:
        """Return whether it works on a shop's orders and catalogue."""
        return "shop" in self.needs

    @property
    def weights(self) -> Path | None:
        """Return the classifier that ships with the pack, if one does."""
        file = self.folder / "intents" / "weights.npz"
        return file if file.is_file() else None


def find_folder(ref: str) -> Path | None:
    """Return the folder of a built-in pack, or the folder that `ref` is; None when there is neither."""
    if ref != COMMON and re.fullmatch(r"\w+", ref) and (BUILT_IN / ref).is_dir():
        return BUILT_IN / ref
    folder = Path(ref).expanduser()
    return folder if folder.is_dir() else None


def built_in() -> tuple[str, ...]:
    """Return the names of the packs that come with the engine, the shop first."""
    names = sorted(path.parent.name for path in BUILT_IN.glob("*/pack.yaml"))
    return tuple(sorted(names, key=lambda name: name != "shop"))
