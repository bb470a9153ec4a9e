"""Judge a conversation by its case: what was written, what was said, who was fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from core.types import Action, ActionStatus, ButtonsPart, CardPart, ImagePart, Part, TextPart, Turn
from core.wording.templates import SPOKEN_CHANNELS
from learning.evaluation.cases import NOT_WRITES, Case, Expectation

UNEXPECTED = "did what nobody expected"
"""How the fault begins that something was written which should not have been."""
_PAIRED = ("item_ids", "new_item_ids")
"""Lists whose places belong together: the first old item becomes the first new one, and so on."""


def judge(case: Case, turns: Sequence[Turn]) -> tuple[str, ...]:
    """Return what is wrong with the conversation, in words; nothing when it passes.

    Writes are compared as a bag of (name, arguments): numbers as the text they would be written as, and what is
    empty as if it were not there (an address without a second line). The items
    of an order have no order: `item_ids` and `new_item_ids` are compared as pairs in any sequence, the places
    of the one with those of the other. `must_say` and `must_not_say` look at all that the customer can read:
    words, cards and buttons.
    """
    return (
        *_broken(turns),
        *judge_writes(case.expect, turns),
        *judge_words(case.expect, "\n".join(line for turn in turns for line in heard(turn))),
        *judge_people(case.expect, turns),
    )


def heard(turn: Turn) -> list[str]:
    """Return all that a customer can read of a turn, a line each; on the telephone, what can be heard."""
    parts = [part for reply in turn.replies for part in reply.parts]
    if turn.message.channel in SPOKEN_CHANNELS:
        return [part.text for part in parts if isinstance(part, TextPart)]
    return [line for part in parts for line in _lines(part)]


def _broken(turns: Sequence[Turn]) -> Iterable[str]:
    for number, turn in enumerate(turns, 1):
        if turn.outcome == "failed":
            yield f"turn {number} failed: the clerk could only apologise"
        if not any(line.strip() for line in heard(turn)):
            yield f"turn {number} has no answer"


def _done(turns: Sequence[Turn]) -> list[Action]:
    return [action for turn in turns for action in turn.actions if action.status is ActionStatus.DONE]


def judge_writes(expect: Expectation, turns: Sequence[Turn]) -> Iterable[str]:
    """Yield what is wrong with what was written alone."""
    done = [action for action in _done(turns) if action.name not in NOT_WRITES]
    lacking = [(write.name, _plain(write.arguments)) for write in expect.writes]
    for name, arguments in ((action.name, _plain(action.arguments)) for action in done):
        if (name, arguments) in lacking:
            lacking.remove((name, arguments))
        else:
            yield f"{UNEXPECTED}: {_shown(name, arguments)}"
    yield from (f"did not do: {_shown(name, arguments)}" for name, arguments in lacking)


def judge_words(expect: Expectation, said: str) -> Iterable[str]:
    """Yield what is wrong with what was said alone."""
    yield from (f"never says {wanted.pattern!r}" for wanted in expect.must_say if not wanted.search(said))
    for unwanted in expect.must_not_say:
        found = unwanted.search(said)
        if found:
            yield f"says {found.group()!r}, which {unwanted.pattern!r} forbids"


def judge_people(expect: Expectation, turns: Sequence[Turn]) -> Iterable[str]:
    """Yield what is wrong with hand-offs and tickets alone."""
    done = _done(turns)
    fetched = any(action.name == "transfer_to_human_agents" for action in done)
    if expect.handoff is not None and fetched is not expect.handoff:
        yield "fetched a person" if fetched else "did not fetch a person"
    topics = [str(action.arguments.get("topic", "")) for action in done if action.name == "create_ticket"]
    if isinstance(expect.ticket, str) and topics != [expect.ticket]:
        yield f"expected one ticket about {expect.ticket!r}, and the tickets are about {topics}"
    elif expect.ticket is True and not topics:
        yield "wrote no ticket"
    elif expect.ticket is False and topics:
        yield f"wrote tickets about {topics}"


def _plain(arguments: Mapping[str, object]) -> Mapping[str, object]:
    plain = {key: _text(value) for key, value in arguments.items() if value not in ("", None)}
    columns = {key: value for key in _PAIRED if isinstance(value := plain.get(key), list)}
    if columns and len({len(column) for column in columns.values()}) == 1:
        rows = sorted(zip(*columns.values(), strict=True), key=str)
        plain.update({key: [row[at] for row in rows] for at, key in enumerate(columns)})
    return plain


def _text(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _text(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_text(inner) for inner in value]
    return value if isinstance(value, bool) or value is None else str(value)


def _shown(name: str, arguments: Mapping[str, object]) -> str:
    return f"{name} {json.dumps(arguments, ensure_ascii=False, sort_keys=True)}"


def _lines(part: Part) -> list[str]:
    if isinstance(part, TextPart):
        return [part.text]
    if isinstance(part, CardPart):
        fields = [f"{label}: {value}" for label, value in part.fields]
        return [part.title, part.subtitle, *fields, *(button.label for button in part.buttons)]
    if isinstance(part, ButtonsPart):
        return [button.label for button in part.buttons]
    return [part.caption] if isinstance(part, ImagePart) else []
