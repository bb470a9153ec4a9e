"""What a caller interrupted was not said: it was not offered, not asked, and cannot be said yes to.

The session tells what was heard of the last reply (`Clerk.played`). Here the dialogue takes back what depends
on the rest, before anything is made of the new words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from core.dialogue.draft import TO_HEAR, Draft
from core.dialogue.run import Runner, awaited, fresh
from core.dialogue.settling import unread
from core.types import Affirm, CancelFlow, Deny, Handoff, Repeat, spoken_text
from core.understand.call_words import wants_rest
from core.understand.normalise import normalise
from core.wording.heard import heard_until, letters, sentence_start, unheard_part

_LINE = re.compile(r"^(?:\d{1,2}\. |第 ?\d{1,2} ?[个款件]|Number \d{1,2}\b).*$", re.MULTILINE)
"""A line of a list, as the templates write it."""


def mind_unheard(draft: Draft, runner: Runner) -> bool:
    """Take back what was not heard; True where the rest is said now and there is nothing else to do.

    A yes to what was not heard to its end is no yes: the rest is said first. Anything but a no opens it anew,
    so that it is read out again. Who asks for the rest hears it, from the sentence that was cut.
    """
    bound, more = draft.slots.pop(TO_HEAR, ""), draft.slots.pop("rest", "")
    said = normalise(spoken_text(draft.message, draft.percept))
    rest = unheard_part(draft.session)
    commands = draft.understanding.commands
    if any(isinstance(command, Repeat) for command in commands):
        draft.keep_bound(bound)
        return False
    if not rest:
        if more and wants_rest(said):
            draft.long_text(more)
            return True
        return False
    _shorten_list(draft)
    if wants_rest(said):
        return _say_rest(draft, rest, bound)
    if bound := _unheard_of(draft, bound or _question(draft, runner)):
        if commands and all(isinstance(command, Affirm) for command in commands):
            return _say_rest(draft, rest, bound)
        if not any(isinstance(command, Deny | CancelFlow | Handoff) for command in commands):
            _take_back(draft, runner)
    return False


def _question(draft: Draft, runner: Runner) -> str:
    """Return what must be heard of a question that a plain yes would answer: the first half of its sentence."""
    if "offer" not in draft.slots and "answer" not in awaited(draft, runner):
        return ""
    text = draft.session.last_reply.rstrip()
    last = text[sentence_start(text, len(text) - 1) :]
    return last[: max(1, len(last) // 2)]


def _unheard_of(draft: Draft, bound: str) -> str:
    """Return what is left to be heard of words that were said; all of them where they are not found."""
    text = draft.session.last_reply
    begins = text.rfind(bound) if bound else -1
    if begins < 0:
        return bound
    end, at = begins + len(bound), heard_until(draft.session)
    return text[max(begins, sentence_start(text, at)) : end] if letters(text[at:end]) else ""


def _say_rest(draft: Draft, rest: str, bound: str) -> bool:
    opening = draft.word("unheard_first" if bound else "unheard_rest")
    draft.text(opening)
    draft.text(rest.removeprefix(opening).lstrip())
    draft.keep_bound(bound)
    draft.outcome = "asked" if draft.stack else "answered"
    return True


def _take_back(draft: Draft, runner: Runner) -> None:
    draft.slots.pop("offer", None)
    unread(draft)
    if draft.stack and "answer" in awaited(draft, runner):
        draft.stack[-1] = fresh(draft.stack[-1], without=("_read", "_refused"))


def _shorten_list(draft: Draft) -> None:
    """Leave of the list that was being read out what was heard, so that "the second one" asks where it was not."""
    slot, _, values = draft.slots.get("listed", "").partition(":")
    lines = list(_LINE.finditer(draft.session.last_reply))
    listed = values.split(",")
    if not slot or len(lines) != len(listed):
        return
    at = heard_until(draft.session)
    heard = [value for value, line in zip(listed, lines, strict=True) if at >= (line.start() + line.end()) // 2]
    if len(heard) == len(listed):
        return
    draft.list_shown(slot, heard)
    if not heard:
        draft.forget("listed")
    # The list is read out anew where it is asked for again, for it did not "stand above".
    before = {name: value for name, value in draft.session.slots.items() if name != "listed"}
    draft.session = replace(draft.session, slots=MappingProxyType(before))
