"""What is wrong between the parts of a pack, each of which may be right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.dialogue.flow import (
    END,
    FAIL,
    Answer,
    Branch,
    Collect,
    Confirm,
    Flow,
    Link,
    Policy,
    Say,
    Step,
    Ticket,
    Validate,
)
from core.dialogue.load import Words, mistakes_between, targets_of
from core.packs.card import Card
from core.packs.pack import Pack
from core.packs.rules import Rule
from core.packs.sentences import values_in

_ACTS = frozenset({"admit_ignorance", "answer_question", "hand_off", "offer_person"})
"""Acts of any business; the shop's own work on orders and products."""
_IDENTITY_ACTS = frozenset({"identify", "say_locked", "say_wrong_identity"})
_CHECKS = frozenset({"is_verified"})
_FREE = frozenset({"answer"})
"""Slots that a flow may collect without declaring them."""
_WAITING = (Collect, Confirm, Ticket)

Lines = Mapping[tuple[str, str], str]


def mistakes_in(pack: Pack, own: Mapping[str, Flow], lines: Lines, card: Card) -> list[str]:
    """Return every mistake between the flows, intents, slots, rules, pages and sentences of a pack."""
    found = mistakes_between(own, lines, _words(pack), pack.flows)
    for flow in own.values():
        found += _shape(flow, lines)
        for step in flow.steps.values():
            found += (f"{lines[flow.name, step.id]}: {problem}" for problem in _step(pack, flow, step))
        for slot in flow.slots.values():
            found += _untold(slot.place, pack, slot.name, (slot.label, slot.ask), (slot.again, slot.invalid))
    for slot in card.slots.values():
        found += _untold(slot.place, pack, slot.name, (slot.label, slot.ask), (slot.again, slot.invalid))
    for rule in (one for group in pack.rules.values() for one in group):
        if "customers" not in pack.needs and any(condition.slot == "verified" for condition in rule.conditions):
            found.append(f"{rule.place}: to ask who is speaking, the pack needs customer records: needs: [customers]")
    found += (_no_flow(place, flow, pack) for flow, place in card.flows_named if flow not in pack.flows)
    for intent in pack.intents:
        kind, _, what = intent.does.partition(":")
        if kind == "flow" and what not in pack.flows:
            found.append(_no_flow(f"{pack.folder / 'intents' / intent.name}.yaml:1", what, pack))
    return found


def _no_flow(place: str, flow: str, pack: Pack) -> str:
    return f"{place}: there is no flow {flow!r} (flows: {', '.join(sorted(pack.flows))})"


def _words(pack: Pack) -> Words:
    if pack.sells:
        from core.dialogue.acts import ACTS, CHECKS  # the acts need the dialogue, which needs packs

        return Words(acts=frozenset(ACTS), checks=frozenset(CHECKS), has_sentence=pack.templates.has)
    acts = _ACTS | _IDENTITY_ACTS if "customers" in pack.needs else _ACTS
    return Words(acts=acts, checks=_CHECKS, has_sentence=pack.templates.has)


def _step(pack: Pack, flow: Flow, step: Step) -> Iterator[str]:
    """Yield what is wrong with one step of a pack that brings its own slots."""
    if pack.sells:
        return
    yield from _slots(pack, flow, step)
    if isinstance(step, Link):
        yield from _link(pack, step)
    group = step.group if isinstance(step, Policy | Ticket) else ""
    if group and group not in pack.rules:
        yield f"there is no group of rules {group!r} in policy.yaml (groups: {', '.join(sorted(pack.rules)) or 'none'})"
    for rule in pack.rules.get(group, ()):
        yield from _rule(pack, flow, rule)
    if isinstance(step, Answer) and step.page not in pack.pages:
        yield f"there is no page {step.page!r} in knowledge/ (pages: {', '.join(sorted(pack.pages)) or 'none'})"
    if isinstance(step, Say):
        for name in sorted(values_in(pack.templates, step.key) - pack.slots.keys()):
            yield f"the sentence {step.key!r} puts in {{{name}}}, which is no slot of this pack"


def _link(pack: Pack, step: Link) -> Iterator[str]:
    if step.flow == "identify" and "customers" not in pack.needs:
        yield "to check who is speaking, the pack needs customer records: needs: [customers] in pack.yaml"
    for name, value in step.given.items():
        slot = pack.flows[step.flow].slots.get(name) if step.flow in pack.flows else None
        if slot is None or (slot.choices and value not in slot.choices):
            yield f"the flow {step.flow!r} has no slot {name!r} that could be {value!r}"


def _slots(pack: Pack, flow: Flow, step: Step) -> Iterator[str]:
    known = {*flow.slots, *(name for name in pack.slots if not _belongs_elsewhere(pack, flow, name)), *_FREE}
    for name in _used(step):
        if name not in known:
            yield f"there is no slot {name!r} in this flow or in pack.yaml (slots: {', '.join(sorted(known - _FREE))})"
    if isinstance(step, Collect) and not (step.ask or step.show) and step.slots and step.slots[0] in _FREE:
        yield f"nothing asks for {step.slots[0]!r}: add ask: SENTENCE"
    slot = pack.slots.get(step.slot) if isinstance(step, Branch) else None
    if isinstance(step, Branch) and slot is not None and slot.kind in ("choice", "yes_no"):
        values = {*(slot.choices or ("yes", "no")), "", "else"}
        for value in step.cases.keys() - values:
            yield f"{value!r} is no value of {step.slot!r} (values: {', '.join(sorted(values - {''}))})"


def _belongs_elsewhere(pack: Pack, flow: Flow, name: str) -> bool:
    """Return whether a slot is another flow's own, which this one cannot count on."""
    return name not in flow.slots and any(name in other.slots for other in pack.flows.values())


def _used(step: Step) -> Sequence[str]:
    if isinstance(step, Collect):
        return step.slots
    if isinstance(step, Ticket):
        return step.facts
    return (step.slot,) if isinstance(step, Branch | Validate) else ()


def _rule(pack: Pack, flow: Flow, rule: Rule) -> Iterator[str]:
    collected = {slot for step in flow.steps.values() if isinstance(step, Collect) for slot in step.slots}
    if rule.retry and rule.retry not in collected:
        yield f"the rule {rule.clause} ({rule.place}) asks for {rule.retry!r} again, which this flow never collects"


def _untold(
    place: str, pack: Pack, name: str, needed: Sequence[Mapping[str, str]], maybe: Sequence[Mapping[str, str]]
) -> list[str]:
    """Return the languages in which a slot lacks a sentence, or a choice its name."""
    texts = [*needed, *(own for own in maybe if own)]
    lacking = [one for one in pack.languages if not all(own.get(one, "").strip() for own in texts)]
    mistakes = [f"{place}: the slot {name!r} lacks a sentence in {one}" for one in lacking]
    for value, names in pack.slots[name].choices.items():
        mistakes += [
            f"{place}: the choice {value!r} of {name!r} has no name in {one}"
            for one in pack.languages
            if one not in names
        ]
    return mistakes


def _shape(flow: Flow, lines: Lines) -> Iterator[str]:
    """Yield the steps that nothing leads to, and the circles in which nobody waits for the customer."""
    reached, ahead = set[str](), [flow.first]
    while ahead:
        at = ahead.pop()
        if at in (END, FAIL) or at in reached or at not in flow.steps:
            continue
        reached.add(at)
        ahead += targets_of(flow.steps[at])
    for step_id in flow.steps:
        if step_id not in reached:
            yield f"{lines[flow.name, step_id]}: nothing leads to the step {step_id!r}"
    for step_id in _circling(flow):
        yield f"{lines[flow.name, step_id]}: the step {step_id!r} leads back to itself and never waits for the customer"


def _circling(flow: Flow) -> list[str]:
    """Return one step of each circle without a step that waits."""
    done, circles = set[str](), list[str]()

    def follow(at: str, path: tuple[str, ...]) -> None:
        step = flow.steps.get(at)
        if step is None or isinstance(step, _WAITING) or at in done:
            return
        if at in path:
            circles.append(at)
            done.update(path)
            return
        for target in targets_of(step):
            follow(target, (*path, at))
        done.add(at)

    for step_id in flow.steps:
        follow(step_id, ())
    return circles
