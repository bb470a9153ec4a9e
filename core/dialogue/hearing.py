"""What a customer's words say to the business of a pack: values for its slots, corrections, alarms.

The engine's own entities are those of a shop. A pack declares what it has to know, so the words are read
again here, with the step that waits in mind, and the commands of the message are cut down to what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.dialogue.flow import Collect, Flow, Step, Ticket
from core.packs.pack import Pack
from core.packs.slots import Slot
from core.packs.values import Value, find_value
from core.shop.records import in_language
from core.types import (
    Affirm,
    AskKnowledge,
    CancelFlow,
    ChitChat,
    Clarify,
    Command,
    CorrectSlot,
    Deny,
    Handoff,
    Repeat,
    SetSlot,
    StartFlow,
    spoken_text,
)
from core.understand import rules
from core.understand.clauses import clauses
from core.understand.normalise import normalise

AGAIN = "_again"
"""In a frame: the slot that the customer wants to give anew."""
_EVIDENCE = frozenset({"email", "name", "zip", "phone", "no_email"})
_SURE_TO_LEAVE = 0.9
"""Confidence from which words that could be the free text we asked for are another request all the same."""
_CORRECTS = re.compile(
    r"改(?:成|为|到|一下|个|下)?|换(?:成|到|个)|不对|不是|错了|说错|更正|应该是|还是.{0,8}吧"
    r"|\b(?:no|not|actually|instead|sorry|wrong|change|correct(?:ion)?|I mean(?:t)?|make (?:it|that)|rather"
    r"|should be)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"多少|几[点天个号楼]|什么|怎么|为什么|为啥|哪[里儿个些家]|吗[?？]?$|呢[?？]?$|能不能|可不可以|有没有|是不是|[?？]$"
    r"|^(?:and |so |but )?(?:how(?! about)|what(?!'?s? about)|when|where|why|which|who|do|does|is|are|can|could"
    r"|will)\b",
    re.IGNORECASE,
)
_ASKS_FOR_SOMETHING = re.compile(
    r"多少|几[点天个楼]|什么|怎么|为什么|为啥|哪[里儿些家]|[有要]没有"
    r"|^(?:and |so |but )?(?:how(?! about)|what(?!'?s? about)|when|where|why|which|who|do you|is there|are there)\b",
    re.IGNORECASE,
)
"""The same without what only asks whether the answer suits us: "下周三可以吗", "can I have Friday?"."""
_NO_MORE = re.compile(
    r"(?:那?算了|唉|哎)?(?:我|那|还是|就)*(?:先|暂时)?(?:不|别)(?:想|要|用|需要)?"
    r"(?!见|懂|行|对|好|会|清楚|知道|够|灵|动)[\u4e00-\u9fff]{1,4}了(?:吧|啊|哈)?"
    r"|(?:I )?(?:don't|do not|no longer) (?:want|need)\b.{0,30}",
    re.IGNORECASE,
)
"""Words by which a customer wants no more of what is going on."""
_WHAT_ABOUT = re.compile(r"(?:what|how) about\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’.-]*){1,3}")
"""A name in Latin letters, which the classifier may take for anything, as pinyin too."""
_TELLING_CHARS, _TELLING_WORDS = 10, 6
"""Length from which the message that begins a flow says more than what is wanted."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message as a pack reads it."""

    draft: Draft
    pack: Pack
    text: str
    today: date
    corrects: bool

    def value(self, slot: Slot, *, asked: bool, others: Sequence[Slot] = ()) -> Value | None:
        """Return the slot's value; a text that rules found by itself, such as a name, counts for its slot."""
        if slot.kind == "text":
            for entity in self.draft.understanding.entities:
                if entity.kind == slot.name or entity.kind in slot.cues:
                    return Value(entity.value, entity.start, entity.end)
        return find_value(slot, self.text, self.today, asked=asked, corrected=self.corrects, others=others)


def listen(draft: Draft, pack: Pack, flows: Mapping[str, Flow]) -> None:
    """Fill the slots that the message speaks of, and leave of its commands what is not an answer."""
    text = normalise(spoken_text(draft.message, draft.percept))
    alarm = next((a for a in pack.alarms if any(word.search(text) for word in a.words)), None)
    if alarm is not None:
        draft.stack.clear()
        draft.slots["handoff_reason"] = alarm.flow
        _leave(draft, [StartFlow(flow=alarm.flow)])
        return
    today = draft.message.received_at.astimezone().date()
    heard = _Heard(draft, pack, text, today, bool(_CORRECTS.search(text)))
    commands = _usable(draft, pack, flows)
    if draft.stack and _gives_up(text):
        commands = [CancelFlow()]
    step, flow = _waiting(draft, flows)
    if isinstance(step, Collect) and flow is not None:
        commands = _answered(heard, step, flow, commands)
    elif isinstance(step, Ticket) and flow is not None:
        commands = _reviewed(heard, step, flow, commands)
    for command in commands:
        if isinstance(command, StartFlow) and not _goes_on(draft, command.flow):
            _begun(heard, flows[command.flow])
    _leave(draft, [part for command in commands for part in _parted(command)])


def ask_for(draft: Draft, slot: Slot, *, again: bool) -> None:
    """Ask for a slot; the choices of a short list are buttons, and can be chosen by their place."""
    draft.text(in_language(slot.again if again and slot.again else slot.ask, draft.language))
    if slot.kind == "choice":
        names = [in_language({one: own[0] for one, own in of.items()}, draft.language) for of in slot.choices.values()]
        if draft.is_heard:
            draft.text(draft.spoken_choices(names))
        draft.buttons(*((name, name) for name in names))
        draft.list_shown(slot.name, tuple(slot.choices))


def wants_words(draft: Draft, flows: Mapping[str, Flow]) -> bool:
    """Return whether a pack waits for free text: a name like "José da Silva" is no other language."""
    step, flow = _waiting(draft, flows) if draft.desk.pack else (None, None)
    if not isinstance(step, Collect) or flow is None:
        return False
    return any(slot.kind == "text" for name in step.slots if (slot := slot_of(draft, flow, name)))


def slot_of(draft: Draft, flow: Flow, name: str) -> Slot | None:
    """Return the slot that a flow or its pack declares."""
    return flow.slots.get(name) or (draft.desk.pack.slots.get(name) if draft.desk.pack else None)


def _usable(draft: Draft, pack: Pack, flows: Mapping[str, Flow]) -> list[Command]:
    """Return the commands that mean something here: no flows and no slots of the shop."""
    kept: list[Command] = []
    angry = any(isinstance(one, Handoff) and one.reason == "anger" for one in draft.understanding.commands)
    evidence = _EVIDENCE if "customers" in pack.needs else frozenset()
    for command in draft.understanding.commands:
        if isinstance(command, StartFlow) and (command.flow not in flows or angry):
            continue
        if isinstance(command, SetSlot | CorrectSlot) and command.slot not in (*evidence, "ordinal"):
            continue
        if not isinstance(command, Clarify):
            kept.append(command)
    return kept


def _waiting(draft: Draft, flows: Mapping[str, Flow]) -> tuple[Step | None, Flow | None]:
    if not draft.stack or draft.stack[-1].flow not in flows:
        return None, None
    flow = flows[draft.stack[-1].flow]
    return flow.steps.get(draft.stack[-1].step), flow


def _goes_on(draft: Draft, flow: str) -> bool:
    return any(waiting.flow == flow for waiting in draft.stack)


def _answered(heard: _Heard, step: Collect, flow: Flow, commands: list[Command]) -> list[Command]:
    """Take the answer to what was asked, with whatever else is said; return the commands that are no part of it."""
    draft = heard.draft
    slots = [slot for name in step.slots if (slot := slot_of(draft, flow, name))]
    if not slots or any(_is_other(command) for command in commands):
        return commands
    if any(heard.draft.slots.get("listed", "").startswith(f"{slot.name}:") for slot in slots) and _ordinal(commands):
        return commands
    taken = [
        (slot, value)
        for slot in slots
        if (value := heard.value(slot, asked=True)) and _is_answer(heard, slot, commands)
    ]
    others = [name for name in (*flow.slots, *heard.pack.slots) if name not in step.slots]
    free = any(slot.kind == "text" for slot, _ in taken)
    aside = not taken and not heard.corrects and _ASKS_FOR_SOMETHING.search(heard.text)  # it tells nothing of ours
    spans = [value for slot, value in taken if slot.kind != "text"]
    beside = {} if aside else _beside(heard, flow, others, spans, free=free)
    for slot, value in taken:
        words = _without(heard.text, value, beside) if slot.kind == "text" else value.value
        if words:
            draft.fill(slot.name, words)
            draft.forget("listed")
    if free and len(heard.text.split()) < _TELLING_WORDS and heard.text.isascii():
        draft.language = draft.session.language or draft.language  # a name tells nothing of its bearer's language
    for name, value in beside.items():
        draft.fill(name, value.value)
    if taken or beside:
        draft.picked = True
        return [command for command in commands if isinstance(command, SetSlot | CorrectSlot)]
    left = [c for c in commands if not (isinstance(c, StartFlow) and _goes_on(draft, c.flow))]
    left = [c for c in left if not isinstance(c, Affirm | Deny)]
    if any(not isinstance(command, SetSlot | CorrectSlot) for command in left):
        return left
    if _ASKS.search(heard.text):
        return [*left, AskKnowledge(question=heard.text)]
    invalid = in_language(slots[0].invalid, draft.language)
    draft.text(invalid)
    return left


def _is_other(command: Command) -> bool:
    """Return whether a command surely is no answer: to stop, to repeat, or a person, asked for in so many words."""
    guessed = isinstance(command, Handoff) and command.source == "classifier"
    return isinstance(command, CancelFlow | Handoff | Repeat) and not guessed


def _is_answer(heard: _Heard, slot: Slot, commands: Sequence[Command]) -> bool:
    """Return whether words that hold a value for what was asked are the answer, and not a question beside it."""
    if slot.kind != "text":
        return not _ASKS_FOR_SOMETHING.search(heard.text)
    if _NAME.fullmatch(heard.text):
        return True
    for command in commands:
        if isinstance(command, Affirm | Deny) or (isinstance(command, ChitChat) and command.source == "rules"):
            return False
        leads_away = isinstance(command, AskKnowledge) or (
            isinstance(command, StartFlow) and not _goes_on(heard.draft, command.flow)
        )
        if leads_away and (command.confidence >= _SURE_TO_LEAVE or _ASKS.search(heard.text)):
            return False
    return not _ASKS_FOR_SOMETHING.search(heard.text) or len(heard.text) > _TELLING_CHARS * 2


def _beside(heard: _Heard, flow: Flow, names: Iterable[str], taken: Sequence[Value], *, free: bool) -> dict[str, Value]:
    """Return values for slots that were not asked for: still unknown ones, and known ones that are corrected.

    In free text (`free`) only codes and telephone numbers that are still unknown count.
    """
    found: dict[str, Value] = {}
    slots = [slot for name in flow.slots if (slot := slot_of(heard.draft, flow, name))]
    for name in sorted(names, key=lambda name: name in heard.draft.slots):  # what lacks first, then what is mended
        slot = slot_of(heard.draft, flow, name)
        if (
            slot is None
            or slot.kind == "yes_no"
            or name in found
            or (name not in flow.slots and name not in _facts(flow))
        ):
            continue
        known = heard.draft.slots.get(name)
        if free and (slot.kind not in ("phone", "code") or known):
            continue
        value = _renamed(heard, slot) if slot.kind == "text" and known else None
        if slot.kind != "text":
            value = heard.value(slot, asked=False, others=[other for other in slots if other.name != name])
        clear = value and all(
            value.end <= other.start or value.start >= other.end for other in (*taken, *found.values())
        )
        if value and clear and value.value != known and (not known or heard.corrects or not taken):
            found[name] = value
    return found


def _facts(flow: Flow) -> frozenset[str]:
    """Return the slots that a flow collects or writes down."""
    return frozenset(
        name
        for step in flow.steps.values()
        for name in (step.slots if isinstance(step, Collect) else step.facts if isinstance(step, Ticket) else ())
    )


def _renamed(heard: _Heard, slot: Slot) -> Value | None:
    """Return the new words for a free text: "名字改成李雷", "my name should be Li Lei"."""
    for label in (*slot.label.values(), *slot.cues):
        match = re.search(
            rf"{re.escape(label)}\s*(?:应该是|改成|改为|换成|是|should be|is|to|:|：)\s*(.+?)[.。!！]?$",
            heard.text,
            re.IGNORECASE,
        )
        if match:
            return Value(match.group(1), *match.span(1))
    return None


def _without(text: str, value: Value, beside: Mapping[str, Value]) -> str:
    """Return a free text without the codes and numbers in it that are slots of their own."""
    words = value.value
    for other in beside.values():
        words = words.replace(text[other.start : other.end], " ")
    return " ".join(words.split()).strip(" ,.，。、")


def _reviewed(heard: _Heard, step: Ticket, flow: Flow, commands: list[Command]) -> list[Command]:
    """Take what is said to the facts that were read out: yes, no, another value, or which one to give anew."""
    draft = heard.draft
    said = rules.certain(heard.text, asked=True)
    if isinstance(said, Affirm | Deny):
        return [said]
    if any(isinstance(command, CancelFlow | Handoff | Repeat) for command in commands):
        return commands
    aside = _ASKS_FOR_SOMETHING.search(heard.text) and not heard.corrects
    changed = {} if aside else _beside(heard, flow, tuple(reversed(step.facts)), (), free=False)
    for name, value in changed.items():
        draft.fill(name, value.value)
    unnamed = next((name for name in step.facts if name not in changed and _names(heard, flow, name)), "")
    if changed or (unnamed and heard.corrects):
        draft.picked = True
        if not changed:
            draft.forget(unnamed)
            top = draft.stack[-1]
            draft.stack[-1] = replace(top, slots=MappingProxyType({**top.slots, AGAIN: unnamed}))
        return []
    left: list[Command] = [c for c in commands if not isinstance(c, SetSlot | CorrectSlot)]
    left = [c for c in left if not (isinstance(c, StartFlow) and _goes_on(draft, c.flow))]
    return left or ([AskKnowledge(question=heard.text)] if _ASKS.search(heard.text) else left)


def _names(heard: _Heard, flow: Flow, name: str) -> bool:
    slot = slot_of(heard.draft, flow, name)
    labels = (*slot.label.values(), *(slot.cues if slot.kind == "text" else ())) if slot else ()
    return any(label.lower() in heard.text.lower() for label in labels)


def _begun(heard: _Heard, flow: Flow) -> None:
    """Forget what an earlier run of the flow was told, and take what the message that begins it says."""
    draft = heard.draft
    draft.forget(*(name for name in flow.slots if name not in draft.heard))
    for name, value in _beside(heard, flow, (*flow.slots, *heard.pack.slots), (), free=False).items():
        draft.fill(name, value.value)
    collected = _facts(flow)
    for slot in (*flow.slots.values(), *(slot for slot in heard.pack.slots.values() if slot.name in collected)):
        named = heard.value(slot, asked=False) if slot.kind == "text" else None
        if named is not None:
            draft.fill(slot.name, named.value)
        elif slot.opening and _tells(heard.text):
            draft.fill(slot.name, heard.text)


def _tells(text: str) -> bool:
    han = sum("\u4e00" <= sign <= "\u9fff" for sign in text)
    return (han >= _TELLING_CHARS or len(text.split()) >= _TELLING_WORDS) and not _ASKS_FOR_SOMETHING.search(text)


def _gives_up(text: str) -> bool:
    """Return whether the words give up what is going on: "算了，不约了", "never mind, I don't want it any more"."""
    parts = [clause.text for clause in clauses(text)]
    return bool(parts) and all(
        isinstance(rules.certain(part), CancelFlow) or _NO_MORE.fullmatch(part) is not None for part in parts
    )


def _parted(command: Command) -> list[Command]:
    """Return a question for each one that a message asks."""
    if not isinstance(command, AskKnowledge):
        return [command]
    parts = [clause.text for clause in clauses(command.question) if clause.strong]
    if len(parts) < 2 or not all(_ASKS.search(part) or _WHAT_ABOUT.match(part) for part in parts):
        return [command]
    return [replace(command, question=part) for part in parts]


def _ordinal(commands: Sequence[Command]) -> bool:
    return any(isinstance(command, SetSlot | CorrectSlot) and command.slot == "ordinal" for command in commands)


def _leave(draft: Draft, commands: Sequence[Command]) -> None:
    draft.understanding = replace(draft.understanding, commands=tuple(commands))
