"""The counter where a pack's business is done: its rules, and tickets with exactly the facts that were read out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.dialogue.flow import Collect, Flow, Policy, Ticket
from core.dialogue.hearing import AGAIN, slot_of
from core.packs.rules import Rule, Verdict, judge
from core.packs.values import shown
from core.ports import Effect
from core.shop.deeds import ticket_number
from core.shop.records import in_language
from core.types import Action, ActionStatus, Language, confirmation_of
from core.wording.ear import fit_for_ear

_READ = "_read"
"""In a frame: what was read out, as its hash; a yes to anything else writes nothing."""
_REFUSED = "_refused"
_NAME = "create_ticket"


def take_policy(step: Policy, flow: Flow, draft: Draft) -> str:
    """Judge what is known; return where to go on."""
    verdict = _verdict(step.group, draft)
    return step.then if verdict.allowed else _denied(verdict, step.denied, flow, draft, {})


async def take_ticket(step: Ticket, flow: Flow, draft: Draft) -> str:
    """Read the facts out and wait, or write them after a yes; return where to go on, "" to wait."""
    top = draft.stack[-1]
    again = top.slots.get(AGAIN, "")
    if again and again not in draft.slots:
        draft.stack[-1] = replace(top, slots=_without(top.slots, AGAIN))
        return _collecting(flow, again) or step.refused
    arguments = _arguments(step, flow, draft)
    verdict = _verdict(step.group, draft)
    if not verdict.allowed:
        return _denied(verdict, step.denied, flow, draft, arguments)
    read = confirmation_of(_NAME, arguments)
    answer = draft.heard.get("answer", "") if top.slots.get(_READ) == read else ""
    draft.forget("answer")
    if answer == "yes":
        draft.stack[-1] = replace(top, slots=_without(top.slots, _READ, _REFUSED))
        await _write(arguments, read, draft)
        draft.digressed = len(draft.stack) > 1  # what it interrupted goes on
        return step.then
    if answer == "no" and _REFUSED in top.slots:
        draft.say("left_alone")
        return step.refused
    if answer == "no":
        draft.say("ticket.change")
        draft.stack[-1] = replace(top, slots=MappingProxyType({**top.slots, _REFUSED: "yes"}))
    else:
        if _READ in top.slots and top.slots[_READ] != read:
            draft.say("ticket.corrected")
        _read_out(step, flow, draft)
        draft.stack[-1] = replace(top, slots=MappingProxyType({**_without(top.slots, _REFUSED), _READ: read}))
    draft.outcome = "asked"
    return ""


def told(draft: Draft) -> Mapping[str, str]:
    """Return the values of all declared slots in words, "" for unknown ones, to put into a pack's sentences."""
    slots = draft.desk.pack.slots if draft.desk.pack else {}
    return {name: shown(slot, draft.slots.get(name, ""), draft.language) for name, slot in slots.items()}


def _verdict(group: str, draft: Draft) -> Verdict:
    rules = draft.desk.pack.rules.get(group, ()) if draft.desk.pack else ()
    today = draft.message.received_at.astimezone().date()
    return judge(group, rules, draft.slots, verified=draft.identity is not None, today=today)


def _denied(verdict: Verdict, target: str, flow: Flow, draft: Draft, arguments: Mapping[str, object]) -> str:
    """Say the clause in the pack's words, note it, and go where the rule or the step says."""
    rule = verdict.rule
    if rule is None:
        return target
    draft.text(_sentence(rule, draft))
    denied = Action(
        name=_NAME,
        arguments={"topic": flow.name, **arguments},
        idempotency_key=f"{draft.session.conversation_id}:{draft.message.id}:{rule.clause}",
        clause=rule.clause,
        status=ActionStatus.DENIED,
    )
    draft.effects.append(Effect(action=denied, apply=_nothing))
    if rule.retry:
        draft.forget(rule.retry)
        return _collecting(flow, rule.retry) or target
    return target


def _sentence(rule: Rule, draft: Draft) -> str:
    sentence = in_language(rule.say, draft.language)
    for name, words in told(draft).items():
        sentence = sentence.replace(f"{{{name}}}", words)
    return sentence


def _nothing(_connection: object) -> None:
    """Change nothing: it was denied."""


def _collecting(flow: Flow, slot: str) -> str:
    """Return the step that collects a slot, "" for none."""
    return next((step.id for step in flow.steps.values() if isinstance(step, Collect) and slot in step.slots), "")


def _arguments(step: Ticket, flow: Flow, draft: Draft) -> Mapping[str, object]:
    facts = {name: draft.slots[name] for name in step.facts if name in draft.slots}
    language = draft.desk.pack.languages[0] if draft.desk.pack else draft.language
    summary = "; ".join(f"{label}: {words}" for label, words in _in_words(step, flow, draft, language))
    return MappingProxyType({"topic": step.topic, "summary": summary, "priority": step.priority, "facts": facts})


def _in_words(step: Ticket, flow: Flow, draft: Draft, language: Language) -> list[tuple[str, str]]:
    """Return the facts that are known as label and value in a language."""
    slots = [(slot, draft.slots.get(name, "")) for name in step.facts if (slot := slot_of(draft, flow, name))]
    return [(in_language(slot.label, language), shown(slot, value, language)) for slot, value in slots if value]


def _read_out(step: Ticket, flow: Flow, draft: Draft) -> None:
    between = "；" if draft.language == "zh" else "; "
    facts = [
        draft.word("ticket.fact", label=label, value=words)
        for label, words in _in_words(step, flow, draft, draft.language)
    ]
    draft.say("ticket.read", facts=between.join(facts))
    draft.keep_bound(fit_for_ear(between.join(facts), draft.language))
    draft.buttons(
        (draft.word("button.ticket"), draft.word("press.yes")), (draft.word("button.no"), draft.word("press.no"))
    )


async def _write(arguments: Mapping[str, object], read: str, draft: Draft) -> None:
    key = hashlib.sha256(f"{draft.session.conversation_id}\n{_NAME}\n{read}".encode()).hexdigest()[:32]
    action = Action(name=_NAME, arguments=dict(arguments), idempotency_key=key, confirmation=read)
    effect = await draft.desk.shop.propose(action, identity=draft.identity)
    draft.effects.append(effect)
    if effect.action.status is ActionStatus.DENIED:
        draft.say("ticket.failed")
        return
    draft.say("ticket.written", number=ticket_number(key))
    if draft.desk.handoff_hours:
        draft.say("handoff_hours", hours=draft.desk.handoff_hours)


def _without(slots: Mapping[str, str], *names: str) -> Mapping[str, str]:
    return MappingProxyType({key: value for key, value in slots.items() if key not in names})
