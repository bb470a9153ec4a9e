"""A customer comes back after hours: greeted, what was open is offered again, and no old yes counts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.dialogue.draft import Draft
from core.dialogue.outcome import Bubble
from core.dialogue.run import Runner, fresh, link
from core.types import Affirm, Deny, FlowFrame, TextPart, spoken_text

_STASH = "_stash"
"""The slot of a paused flow's outermost frame that holds what the flows had collected."""
_LASTING = frozenset({"tickets", "order_id", "product_id", "sku", "linked", "link_tries", "handoff_reason", "personal"})
"""Slots that mean something without the flow that was open."""
_RESUME = "resume"
_GO_ON = re.compile(r"^\W*(?:继续|接着(?:办|说)?|go on|continue|carry on|resume|let's continue)\W*$", re.IGNORECASE)


def note_time(draft: Draft) -> None:
    """Put the time of this message on the session, and let an identity that is too old expire."""
    verified = _moment(draft.session.verified_at)
    now = draft.message.received_at
    if draft.identity is not None and not draft.session.verified_at:
        draft.session = replace(draft.session, verified_at=now.isoformat())
    elif draft.identity is not None and verified and now - verified > timedelta(hours=draft.desk.identity_h):
        draft.identity = None
        draft.session = replace(draft.session, identity=None, verified_at="")
    draft.session = replace(draft.session, last_at=now.isoformat())


def is_back(draft: Draft) -> bool:
    """Return whether so much time has passed that the customer comes back rather than goes on."""
    last = _moment(draft.session.last_at)
    return last is not None and draft.message.received_at - last > timedelta(hours=draft.desk.idle_h)


def pause(draft: Draft) -> None:
    """Put aside what was open, with all it had collected: what was waiting for a yes waits no more."""
    kept = {name: value for name, value in draft.slots.items() if name in _LASTING}
    paused = tuple(draft.stack)
    slots, draft.slots = dict(draft.slots), kept
    draft.stack.clear()
    draft.session = replace(draft.session, paused=_stashed(paused, slots))
    commands = draft.understanding.commands
    if draft.session.paused and any(isinstance(c, Affirm | Deny) for c in commands):
        draft.understanding = replace(draft.understanding, commands=())
        draft.picked = True  # a yes to yesterday's question answers nothing today


def resume(draft: Draft, runner: Runner) -> None:
    """Take up, after a yes, what was put aside; after anything else it is forgotten."""
    if draft.slots.get("offer") != _RESUME or not draft.session.paused:
        return
    paused, commands = draft.session.paused, draft.understanding.commands
    draft.session = replace(draft.session, paused=())
    words = spoken_text(draft.message, draft.percept)
    if not (any(isinstance(c, Affirm) for c in commands) or _GO_ON.match(words)):
        return
    draft.forget("offer")
    draft.slots |= json.loads(paused[0].slots.get(_STASH, "{}"))
    draft.stack[:] = [fresh(each, without=(_STASH,)) for each in paused if each.flow in runner.flows]
    asks_who = any(each.flow == "identify" for each in draft.stack)
    if draft.identity is None and draft.stack and not asks_who and "identify" in runner.flows:
        link(draft, runner, "identify")
    draft.understanding = replace(draft.understanding, commands=())
    draft.picked = True


def resumable(draft: Draft, stack: Sequence[FlowFrame], slots: Mapping[str, str]) -> None:
    """Keep what was open elsewhere and offer to go on with it."""
    draft.session = replace(draft.session, paused=_stashed(tuple(stack), slots))


def welcome_back(draft: Draft) -> None:
    """Greet before anything else that was said."""
    if draft.message.channel != "phone":
        draft.bubbles.insert(0, Bubble(parts=(TextPart(text=draft.word("welcome_back")),)))


def offer_paused(draft: Draft, runner: Runner) -> None:
    """Offer to go on with what was put aside, unless something else is going on now."""
    if not draft.session.paused or draft.stack or draft.outcome == "handed_off":
        return
    abouts = [runner.flows[each.flow].about for each in draft.session.paused if each.flow in runner.flows]
    told = [about for about in abouts if about]
    if not told:
        draft.session = replace(draft.session, paused=())
        return
    about = told[-1].get(draft.language) or told[-1].get("en", "")
    draft.turn_page()
    draft.say("resume_offer", about=about)
    draft.buttons(
        (draft.word("button.resume"), draft.word("press.yes")), (draft.word("button.no"), draft.word("press.no"))
    )
    draft.offer(_RESUME)
    draft.outcome = "asked"


def _stashed(stack: tuple[FlowFrame, ...], slots: Mapping[str, str]) -> tuple[FlowFrame, ...]:
    if not stack:
        return ()
    dropped = _LASTING | {"answer", "offer", "listed"}
    stash = json.dumps({name: value for name, value in slots.items() if name not in dropped}, ensure_ascii=False)
    outermost, *rest = stack
    return (replace(outermost, slots={**outermost.slots, _STASH: stash}), *rest)


def _moment(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
