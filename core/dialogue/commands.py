"""Obey the commands of a message: fill slots, begin and give up flows, small talk."""

from __future__ import annotations

from core.dialogue.draft import Draft
from core.dialogue.handoff import offer_person
from core.dialogue.run import Runner, awaited, drop, is_waiting, leave
from core.dialogue.settling import FLOW as SETTLE
from core.dialogue.settling import give_up
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

CLARIFIED = "clarified"
"""The slot of a list of businesses that were offered aloud."""
_ORDER = (CancelFlow, ChitChat, StartFlow, AskKnowledge, Handoff)
"""What is given up comes first; then what may wait for an answer, under what is said at once."""
_TURN_ONLY = (
    "also", "answer", "ordinal", "recent", "other", "question", "no_email", "category", "page", "said", "new_item",
    "item_place", "move", "buys", "choice",
)  # fmt: skip
"""Slots that mean something in the message that gives them only."""


def obey(draft: Draft, runner: Runner) -> bool:
    """Obey all commands, slots first. Returns whether the flows should run now."""
    offered = draft.slots.pop("offer", "")
    commands = draft.understanding.commands
    others = [command for command in commands if not isinstance(command, SetSlot | CorrectSlot)]
    if draft.picked:  # naming what stands in the list is the answer, not a question about it
        others = [command for command in others if not isinstance(command, AskKnowledge | StartFlow)]
    elif draft.absorbed:
        others = [command for command in others if not _is_guess(command, draft)]
    others.sort(key=lambda command: next((at for at, kind in enumerate(_ORDER) if isinstance(command, kind)), 0))
    draft.alone = len(others) < 2
    for command in others:
        if isinstance(command, Repeat):
            _repeat(draft, offered)
            return False
        _obey(command, draft, runner, offered)
    if draft.absorbed:  # who says what is to be done needs no look at the order any more
        draft.stack[:] = [waiting for waiting in draft.stack if waiting.flow != "order_status"]
        runner.start(draft, SETTLE)
    elif not commands and not draft.picked:
        _nothing_understood(draft)
    elif not others:
        _only_slots(draft, runner, offered)
    return True


def _is_guess(command: Command, draft: Draft) -> bool:
    """Return whether a command is what is made of words that say how something is to be settled."""
    if isinstance(command, Affirm | Deny | Clarify | ChitChat):
        return True
    begins = any(isinstance(one, StartFlow) and one.flow == SETTLE for one in draft.understanding.commands)
    if isinstance(command, CancelFlow | AskKnowledge):
        return not begins  # beside a wish they are meant
    return command.source == "classifier" and isinstance(command, StartFlow | Handoff)


def take_slots(draft: Draft) -> None:
    """Fill the slots that the message names, and forget what meant something in the message before only."""
    draft.forget(*_TURN_ONLY)
    for command in draft.understanding.commands:
        if not isinstance(command, SetSlot | CorrectSlot):
            continue
        if command.slot == "topic" and "topic" in draft.heard:
            draft.fill("also", command.value)
        elif command.slot == "order_id" and draft.heard.get("order_id", command.value) != command.value:
            draft.slots["more_orders"] = ",".join(filter(None, [draft.slots.get("more_orders", ""), command.value]))
        else:
            draft.fill(command.slot, command.value)


def _obey(command: Command, draft: Draft, runner: Runner, offered: str) -> None:
    if isinstance(command, StartFlow):
        _start(draft, runner, command.flow)
    elif isinstance(command, AskKnowledge):
        asked = command.question.replace("\n", " ")
        earlier = draft.heard.get("question")
        draft.fill("question", f"{earlier}\n{asked}" if earlier else asked)
        _start(draft, runner, "question")
    elif isinstance(command, Handoff):
        _hand_off(draft, runner, command.reason)
    elif isinstance(command, Affirm):
        _affirm(draft, runner, offered)
    elif isinstance(command, Deny):
        _deny(draft, runner, offered)
    elif isinstance(command, CancelFlow):
        _cancel(draft)
    elif isinstance(command, ChitChat):
        _chat(draft, command.topic)
    elif isinstance(command, Clarify):
        _clarify(draft, command.options)


def _start(draft: Draft, runner: Runner, flow: str) -> None:
    if flow not in runner.flows:
        return
    draft.digressed = bool(draft.stack)
    if flow == "business" and "topic" in draft.heard:
        for at in reversed(range(len(draft.stack))):
            if draft.stack[at].flow in ("business", "ticket"):
                leave(draft, at)
    runner.start(draft, flow)


def _only_slots(draft: Draft, runner: Runner, offered: str) -> None:
    """Begin what a bare order number, product or proof of identity most likely asks for.

    Who gives an order number or an e-mail address where a yes was expected, means yes.
    """
    of_orders = {"recent", "other"} if draft.identity else {"recent"}
    proof = ({"order_id", "email", "zip"} | of_orders) & draft.heard.keys()
    if {"product_id", "category", "page"} & draft.heard.keys() or (
        "other" in draft.heard and not proof and not draft.stack
    ):
        _start(draft, runner, "question")
    elif draft.identity is None and proof and "answer" in awaited(draft, runner):
        draft.fill("answer", "yes")
    elif draft.stack:
        return
    elif proof:
        accepts = offered in ("ticket", SETTLE) and draft.identity is None
        runner.start(draft, offered if accepts else "order_status")
    else:
        _nothing_understood(draft)


def _hand_off(draft: Draft, runner: Runner, reason: str) -> None:
    draft.slots["handoff_reason"] = reason
    if reason == "anger":
        draft.say("sorry_anger")
    elif draft.stack and is_waiting(draft.stack[-1]):
        drop(draft)
    runner.start(draft, "handoff")


def _affirm(draft: Draft, runner: Runner, offered: str) -> None:
    if "answer" in awaited(draft, runner):
        draft.fill("answer", "yes")
    elif offered == "handoff":
        _hand_off(draft, runner, "accepted our offer")
    elif offered in runner.flows:
        _start(draft, runner, offered)
    elif not draft.stack:
        draft.say("anything_else")


def _deny(draft: Draft, runner: Runner, offered: str) -> None:
    if "answer" in awaited(draft, runner):
        draft.fill("answer", "no")
    elif draft.stack and not draft.heard and not offered:
        _cancel(draft)
    elif not draft.heard and not draft.stack:
        draft.say("left_alone" if offered else "anything_else")


def _cancel(draft: Draft) -> None:
    if not draft.stack:
        if draft.alone and draft.slots.get("tickets"):
            draft.say("ticket_retract")
            offer_person(draft)
        elif draft.alone:
            draft.say("anything_else")
        return
    drop(draft)
    if not any(frame.flow == SETTLE for frame in draft.stack):
        give_up(draft)
    draft.forget("listed", "name", "zip", "email")
    draft.say("cancelled")
    draft.digressed = bool(draft.stack)


def _repeat(draft: Draft, offered: str) -> None:
    if offered:
        draft.offer(offered)
    if draft.session.last_reply:
        draft.text(draft.session.last_reply)
    else:
        draft.say("nothing_to_repeat")


def _chat(draft: Draft, topic: str) -> None:
    if topic == "thanks_bye" and draft.stack:
        draft.say("cancelled")  # who leaves in the middle must not believe that it was done
        draft.stack.clear()
        give_up(draft)
    draft.digressed = bool(draft.stack)
    if topic == "greeting":
        draft.text(draft.desk.greeting or draft.word("greeting"))
        menu(draft)
    elif topic == "help":
        draft.say("help")
        menu(draft)
    else:
        key = f"chat.{topic}"
        draft.say(key if draft.desk.templates.has(key) else "chat.chitchat")
    if topic == "out_of_scope":
        draft.outcome = "unknown"


def menu(draft: Draft) -> None:
    """Offer by buttons what the clerk does most."""
    if not draft.stack:
        draft.buttons(*((draft.word(f"button.{name}"), draft.word(f"press.{name}")) for name in draft.desk.menu))


def _clarify(draft: Draft, options: tuple[str, ...]) -> None:
    draft.say("clarify", choices=draft.spoken_choices([draft.word(f"topic.{option}") for option in options]))
    if draft.is_heard:
        draft.list_shown(CLARIFIED, options[: draft.at_most(len(options))])
    draft.buttons(*((draft.word(f"topic.{option}"), draft.word(f"press.topic.{option}")) for option in options))
    draft.outcome = "asked"


def _nothing_understood(draft: Draft) -> None:
    if spoken_text(draft.message, draft.percept):
        draft.missed = True
    elif not draft.bubbles and not draft.percept.matches:
        draft.say("empty")
        menu(draft)
