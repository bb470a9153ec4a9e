"""The flow engine: take steps until the customer has to speak or nothing is left to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from core.dialogue.counter import take_policy, take_ticket, told
from core.dialogue.draft import Draft, frame
from core.dialogue.flow import (
    END,
    FAIL,
    Act,
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
from core.dialogue.hearing import ask_for, slot_of
from core.dialogue.questions import tell_page
from core.types import FlowFrame

ActOf: TypeAlias = Callable[[Draft], Awaitable[str]]
"""Something the clerk does; the result chooses the next step."""
CheckOf: TypeAlias = Callable[[Draft, str], Awaitable[bool]]
"""Whether a slot's value is good."""

_WAIT = ""
_MOST_STEPS = 200
"""A turn that takes more steps than this runs in a circle, which is a mistake in a flow."""
_LINKED = "_linked"
_ASKED = "_asked"


@dataclass(frozen=True, slots=True)
class Runner:
    """Flows with the acts and checks they use."""

    flows: Mapping[str, Flow]
    acts: Mapping[str, ActOf]
    checks: Mapping[str, CheckOf]

    def start(self, draft: Draft, flow: str) -> None:
        """Put a flow on the stack; one that already is the innermost, or waits below it, is not begun anew."""
        if any(waiting.flow == flow for waiting in draft.stack):
            return
        draft.forget(*(slot for slot in self.flows[flow].slots if slot not in draft.heard))
        draft.stack.append(frame(flow, self.flows[flow].first))

    async def run(self, draft: Draft) -> None:
        """Take steps until a flow waits or the stack is empty.

        Raises `RuntimeError` when a flow runs in a circle.
        """
        for _ in range(_MOST_STEPS):
            if not draft.stack:
                return
            current = draft.stack[-1]
            step = self.flows[current.flow].steps[current.step]
            depth = len(draft.stack)
            draft.steps.append(f"{current.flow}.{current.step}")
            target = await self._take(step, draft)
            if target == _WAIT:
                return
            self._go(draft, target, depth)
        raise RuntimeError(f"the flow {draft.stack[-1].flow!r} runs in a circle at step {draft.stack[-1].step!r}")

    async def _take(self, step: Step, draft: Draft) -> str:
        if isinstance(step, Collect):
            return await self._collect(step, draft)
        if isinstance(step, Validate):
            return await self._validate(step, draft)
        if isinstance(step, Confirm):
            return await self._confirm(step, draft)
        if isinstance(step, Branch):
            return _branch(step, draft)
        if isinstance(step, Act):
            result = await self.acts[step.act](draft)
            return step.results.get(result, step.then)
        if isinstance(step, Link):
            draft.forget(*(slot for slot in self.flows[step.flow].slots if slot not in draft.heard))
            draft.slots.update(step.given)
            draft.stack.append(frame(step.flow, self.flows[step.flow].first, {_LINKED: "yes"}))
            return step.then
        if isinstance(step, Say):
            draft.say(step.key, **told(draft))
            return step.then
        return await self._of_pack(step, draft)

    async def _of_pack(self, step: Policy | Ticket | Answer, draft: Draft) -> str:
        """Take one of the steps with which packs do business."""
        current = draft.stack[-1]
        if isinstance(step, Answer):
            tell_page(draft, draft.desk.facts.pages[step.page])
            return step.then
        if isinstance(step, Policy):
            return take_policy(step, self.flows[current.flow], draft)
        if current.slots.get(_ASKED) == step.id and "answer" not in draft.heard:
            self._resume(draft)
        draft.stack[-1] = replace(current, slots=MappingProxyType({**current.slots, _ASKED: step.id}))
        return await take_ticket(step, self.flows[current.flow], draft)

    def _resume(self, draft: Draft) -> None:
        """Come back to what waits, after something else or after words that were not understood."""
        if draft.digressed and draft.spoke():
            self._come_back(draft)
        if draft.missed and not draft.spoke():
            draft.say("not_understood_here")

    async def _collect(self, step: Collect, draft: Draft) -> str:
        current = draft.stack[-1]
        given = [slot for slot in step.slots if slot in draft.slots]
        if step.unless and await self.checks[step.unless](draft, ""):
            return step.then
        if given:
            kept = dict(_without_asked(current))
            if "answer" in given:
                kept["answer"] = draft.slots["answer"]
                draft.forget("answer")
            draft.stack[-1] = replace(current, slots=MappingProxyType(kept))
            return step.then
        asked = current.slots.get(_ASKED) == step.id
        if asked and draft.digressed and draft.spoke():
            self._come_back(draft)
        if draft.missed and not draft.spoke():
            draft.say("not_understood_here")
        if not step.show or await self.acts[step.show](draft) == "nothing":
            self._ask(step, draft, again=asked)
        draft.stack[-1] = replace(current, slots=MappingProxyType({**current.slots, _ASKED: step.id}))
        draft.outcome = "asked"
        return _WAIT

    def _ask(self, step: Collect, draft: Draft, *, again: bool) -> None:
        if again and step.again:
            draft.say(step.again)
        elif step.ask:
            draft.say(step.ask)
        elif slot := slot_of(draft, self.flows[draft.stack[-1].flow], step.slots[0]):
            ask_for(draft, slot, again=again)

    async def _confirm(self, step: Confirm, draft: Draft) -> str:
        """Wait for a yes or a no to what has been read out; what was not read out cannot be said yes to."""
        current = draft.stack[-1]
        asked = current.slots.get(_ASKED) == step.id
        answer = draft.heard.get("answer", "") if asked else ""
        draft.forget("answer")
        draft.stack[-1] = replace(current, slots=MappingProxyType({**current.slots, _ASKED: step.id}))
        if asked and "said" in draft.heard:
            draft.forget("said")
            return step.changed
        if answer:
            draft.stack[-1] = replace(current, slots=_without_asked(current))
            return step.yes if answer == "yes" else step.no
        if asked and draft.digressed and draft.spoke():
            self._come_back(draft)
        if draft.missed and not draft.spoke():
            draft.say("not_understood_here")
        if await self.acts[step.show](draft) == "nothing":
            return END
        draft.outcome = "asked"
        return _WAIT

    async def _validate(self, step: Validate, draft: Draft) -> str:
        if await self.checks[step.by](draft, draft.slots.get(step.slot, "")):
            return step.then
        draft.say(step.otherwise)
        draft.forget(step.slot)
        return step.back

    def _come_back(self, draft: Draft) -> None:
        """Say, after something else was dealt with, what the coming question belongs to."""
        draft.turn_page()
        for waiting in reversed(draft.stack):
            about = self.flows[waiting.flow].about
            if about:
                draft.say("back_to", about=about.get(draft.language) or about.get("en", ""))
                return

    def _go(self, draft: Draft, target: str, depth: int) -> None:
        """Move the frame that took the step; a frame that it linked to lies above and runs first."""
        at = depth - 1
        if target == FAIL:
            while draft.stack and draft.stack.pop().slots.get(_LINKED):
                pass
            return
        if target == END:
            leave(draft, at)
            return
        draft.stack[at] = replace(draft.stack[at], step=target)


def _without_asked(waiting: FlowFrame) -> Mapping[str, str]:
    return MappingProxyType({key: value for key, value in waiting.slots.items() if key != _ASKED})


def _branch(step: Branch, draft: Draft) -> str:
    value = draft.stack[-1].slots.get(step.slot, draft.slots.get(step.slot, ""))
    if value in step.cases:
        return step.cases[value]
    return step.cases.get("else", step.then) if value else step.then


def awaited(draft: Draft, runner: Runner) -> tuple[str, ...]:
    """Return the slots that the innermost flow waits for."""
    if not draft.stack:
        return ()
    step = runner.flows[draft.stack[-1].flow].steps[draft.stack[-1].step]
    if isinstance(step, Confirm):
        return ("answer", "said")
    if isinstance(step, Ticket):
        return ("answer",)
    return step.slots if isinstance(step, Collect) else ()


def leave(draft: Draft, at: int) -> None:
    """Take a frame off the stack; one above that it linked to comes to stand where it stood."""
    gone = draft.stack.pop(at)
    if at < len(draft.stack) and _LINKED in draft.stack[at].slots and _LINKED not in gone.slots:
        own = {key: value for key, value in draft.stack[at].slots.items() if key != _LINKED}
        draft.stack[at] = replace(draft.stack[at], slots=MappingProxyType(own))


def is_waiting(waiting: FlowFrame) -> bool:
    """Return whether a frame has asked the customer for something."""
    return _ASKED in waiting.slots


def fresh(waiting: FlowFrame, *, without: tuple[str, ...] = ()) -> FlowFrame:
    """Return a frame that asks anew when it is taken up again, without some of its slots."""
    own = {key: value for key, value in waiting.slots.items() if key not in (_ASKED, *without)}
    return replace(waiting, slots=MappingProxyType(own))


def link(draft: Draft, runner: Runner, flow: str) -> None:
    """Put a flow on top of the stack that comes before whatever is going on."""
    draft.stack.append(frame(flow, runner.flows[flow].first, {_LINKED: "yes"}))


def drop(draft: Draft) -> None:
    """Give up the innermost business: its frame and all those that link led to it."""
    while draft.stack and draft.stack.pop().slots.get(_LINKED):
        pass
