"""What a caller says of the call itself, or keys: slower, the other language, a person, yes and no, a number."""

from __future__ import annotations

import re
from dataclasses import replace

from core.dialogue.checking import TO_CHECK
from core.dialogue.commands import CLARIFIED
from core.dialogue.draft import Draft
from core.dialogue.run import Runner, awaited
from core.dialogue.tickets.facts import FORMS
from core.types import Affirm, Command, Deny, Handoff, SetSlot, StartFlow, spoken_text
from core.understand.call_words import language_wanted, manner
from core.understand.normalise import normalise

_PERSON, _YES, _NO = "0", "1", "2"
"""Keys, as telephone menus have them."""
_KEYED_ORDER = re.compile(r"\W*(\d{5,12})\W*")
_ZIP_DIGITS = 6
"""Where we ask who somebody is, as many digits are a postcode."""


def read_keys(draft: Draft, runner: Runner) -> None:
    """Take single keys for what they mean on a telephone, and a number without its letter for an order's."""
    if not draft.is_heard or _chosen(draft, runner):
        return
    text = draft.message.text.strip()
    asked = awaited(draft, runner)
    if text == _PERSON and draft.message.transcript is None:
        _obey(draft, Handoff(reason="asked for a person", source="channel"))
    elif text in (_YES, _NO) and _asks_yes_no(draft, asked):
        _obey(draft, Affirm(source="channel") if text == _YES else Deny(source="channel"))
    elif (found := _KEYED_ORDER.fullmatch(normalise(spoken_text(draft.message, draft.percept)))) and _means_order(
        draft, asked, found[1]
    ):
        _obey(draft, SetSlot(slot="order_id", value=f"#{found[1]}", source="channel"))


def _chosen(draft: Draft, runner: Runner) -> bool:
    """Begin the business that was chosen by its place among those offered aloud."""
    slot, _, values = draft.slots.get("listed", "").partition(":")
    places = [int(one.value) for one in draft.understanding.entities if one.kind == "ordinal"]
    offered = values.split(",")
    if slot != CLARIFIED or len(places) != 1 or not -1 <= places[0] <= len(offered) or not places[0]:
        return False
    wanted = offered[places[0] - 1 if places[0] > 0 else -1]
    draft.forget("listed")
    own = wanted in runner.flows and wanted not in FORMS
    begins = (StartFlow(flow=wanted),) if own else (SetSlot(slot="topic", value=wanted), StartFlow(flow="business"))
    draft.understanding = replace(draft.understanding, commands=begins, entities=())
    return True


def _obey(draft: Draft, command: Command) -> None:
    draft.understanding = replace(draft.understanding, commands=(command,), entities=())


def _asks_yes_no(draft: Draft, asked: tuple[str, ...]) -> bool:
    return TO_CHECK in draft.slots or (("answer" in asked or "offer" in draft.slots) and "listed" not in draft.slots)


def _means_order(draft: Draft, asked: tuple[str, ...], digits: str) -> bool:
    if "order_id" in draft.heard or TO_CHECK in draft.slots:
        return False
    if "order_id" in asked or not draft.stack:
        return True
    return "zip" in asked and len(digits) > _ZIP_DIGITS


def mind_manners(draft: Draft) -> bool:
    """Speak otherwise from now on; True where that is all that was asked, and what was said last is said again.

    In another language what is waited for is asked anew.
    """
    words = normalise(spoken_text(draft.message, draft.percept))
    if not draft.is_heard or not words:
        return False
    draft.manner = manner(words)
    wanted = language_wanted(words)
    draft.outcome = "asked" if (draft.manner or wanted) and draft.stack else draft.outcome
    if draft.manner:
        draft.say(f"manner.{draft.manner}")
        draft.text(draft.session.last_reply)
        return True
    if wanted:
        draft.language = wanted
        draft.say("language_now" if draft.stack else "language_now_what")
        draft.message = replace(draft.message, text="", transcript=None)
        draft.percept = replace(draft.percept, transcript=None)
        draft.understanding = replace(draft.understanding, commands=(), entities=(), language=wanted)
        draft.picked = draft.digressed = bool(draft.stack)
        return not draft.stack
    return False
