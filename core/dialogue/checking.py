"""What a caller said and may have been misheard is read back, and acted on when they say that it is right.

A recogniser tells how sure it is of each word (`Message.transcript`). Addresses by which somebody is known are
read back however sure it is, unless another fact proves the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from core.dialogue.draft import Draft
from core.dialogue.orders import find_own
from core.dialogue.run import Runner, awaited
from core.journal.codec import decode, encode
from core.shop.keys import order_key, phone_key, same_order
from core.types import Affirm, Command, Deny, Entity, Transcript, Understanding, spoken_text
from core.understand.amending import amended
from core.understand.normalise import normalise
from core.understand.numerals import is_spoken
from core.wording.ear import spelled_out

TO_CHECK = "to_check"
"""The slot with what was read back: the words, and what they were taken to mean."""
_HARDLY = 0.45
"""Confidence of words below which they may well be others."""
_SURE = 0.8
"""Confidence of the classifier from which words that were hardly heard mean what they seem to."""
_KINDS = frozenset({"order_id", "email", "zip", "phone", "amount", "quantity"})
"""What is wrong when one sign of it is."""
_TELLING = re.compile(r"\d|@|^[A-Za-z]$|^(?:dot|at|dash|underscore|点|艾特|杠)$", re.IGNORECASE)


def hardly_heard(transcript: Transcript | None) -> bool:
    """Return whether the sentence as a whole may well be another."""
    return transcript is not None and transcript.confidence < _HARDLY


async def check_heard(draft: Draft, runner: Runner) -> bool:
    """Read back what must be right and may not be; True where the customer's yes is waited for.

    A yes to what was read back acts on it as if it were said now; after a no it is asked for again.
    """
    held = draft.slots.pop(TO_CHECK, "")
    commands = draft.understanding.commands
    affirms = bool(commands) and all(isinstance(command, Affirm) for command in commands)
    if affirms and _unsure_yes(draft, runner, held):
        draft.slots |= {TO_CHECK: held} if held else {}
        return _asked(draft, "sure_yes")
    if held and affirms:
        _act_on(draft, held)
        return False
    if held and (mended := _mended(draft, held)):
        return _read_back(draft, *mended)
    if held and any(isinstance(command, Deny) for command in commands) and not _named(draft):
        return _asked(draft, "say_again")
    if hardly_heard(draft.message.transcript) and not draft.stack and all(_is_guess(one) for one in commands):
        draft.understanding = replace(draft.understanding, commands=())  # of words that were hardly heard
    found = [one for one in _to_check(draft) if not await _is_proved(draft, one)]
    if not found:
        return False
    words = normalise(spoken_text(draft.message, draft.percept)).replace("\n", " ")
    return _read_back(draft, f"{words}\n{encode(draft.understanding)}", [one.value for one in found])


def _is_guess(command: Command) -> bool:
    return command.source == "classifier" and command.confidence < _SURE


def _read_back(draft: Draft, held: str, values: Sequence[str]) -> bool:
    draft.slots[TO_CHECK] = held
    heard = ", ".join(spelled_out(value, draft.language) for value in values)
    draft.keep_bound(heard)
    return _asked(draft, "heard_right", heard=heard)


def _mended(draft: Draft, held: str) -> tuple[str, list[str]] | None:
    """Return what was read back with the sign put right that the customer names: "no, five not nine"."""
    words, _, meant = held.partition("\n")
    named = [one.value for one in decode(meant, Understanding).entities if one.kind in _KINDS]
    said = normalise(spoken_text(draft.message, draft.percept))
    for value in named:
        if right := amended(value, said):
            return f"{words}\n{meant}".replace(value.lstrip("#"), right.lstrip("#")), [right]
    return None


def _asked(draft: Draft, key: str, **values: object) -> bool:
    draft.say(key, **values)
    draft.outcome = "asked"
    return True


def _unsure_yes(draft: Draft, runner: Runner, held: str) -> bool:
    """Return whether a yes that may be none would settle something that is written."""
    writes = "said" in awaited(draft, runner) or (draft.stack and "_read" in draft.stack[-1].slots)
    return bool(held or writes) and hardly_heard(draft.message.transcript)


def _act_on(draft: Draft, held: str) -> None:
    words, _, meant = held.partition("\n")
    draft.message = replace(draft.message, text=words, transcript=None)
    draft.percept = replace(draft.percept, transcript=None)
    draft.understanding = replace(decode(meant, Understanding), language=draft.understanding.language)


def _to_check(draft: Draft) -> list[Entity]:
    """Return what was heard and must be read back: addresses, and what was hardly heard."""
    if not draft.is_heard:
        return []
    unsure = _is_hardly_heard(draft.message.transcript)
    return list({one.value: one for one in _named(draft) if one.kind == "email" or unsure}.values())


def _named(draft: Draft) -> list[Entity]:
    return [one for one in draft.understanding.entities if one.kind in _KINDS]


def _is_hardly_heard(transcript: Transcript | None) -> bool:
    if transcript is None:
        return False
    telling = [word.confidence for word in transcript.words if _TELLING.search(word.text) or is_spoken(word.text)]
    return fmean(telling or [transcript.confidence]) < _HARDLY


async def _is_proved(draft: Draft, one: Entity) -> bool:
    """Return whether another fact proves that it was heard right: an order and an address of one customer."""
    named = [each.value for each in draft.understanding.entities if each.kind == "order_id"]
    order_id = next(iter(named), draft.slots.get("order_id", ""))
    if one.kind == "order_id" and draft.identity is not None:
        return await find_own(draft, one.value) is not None
    if one.kind != "email":
        return False
    customer = await draft.desk.shop.customer_by_email(one.value)
    if customer is None:
        return False
    if draft.identity is not None:
        return customer.user_id == draft.identity.customer_id
    calls = phone_key(draft.message.sender_id) == phone_key(customer.phone) != ""
    return calls or any(same_order(order_id, order_key(own)) for own in customer.orders if order_id)
