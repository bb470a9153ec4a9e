"""`zhanggui explain`: why the clerk answered as it did."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.output import AsJson, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.tree import Tree

    from core.config import Settings
    from core.types import Turn

_LAST = "last"

TurnId = Annotated[str, typer.Argument(metavar="TURN", help="A turn's id (turn_id of `ask --json`), or 'last'.")]
Conversation = Annotated[
    str | None, typer.Option("--conversation", metavar="ID", help="The last turn of this conversation.")
]


def explain(
    context: typer.Context, turn: TurnId = _LAST, conversation: Conversation = None, as_json: AsJson = False
) -> None:
    """Say why: what was understood and by which rung, the flows, the actions with their clause, the evidence."""
    from core.wording.templates import load_templates
    from ui.explaining import explanation

    found, before = asyncio.run(_turns(settings(context), turn, conversation or ""))
    explained = explanation(found, before, load_templates())
    if as_json:
        typer.echo(json.dumps(explained, ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    Console(highlight=False).print(_tree(explained))


async def _turns(config: Settings, turn_id: str, conversation: str) -> tuple[Turn, Turn | None]:
    from core.errors import ConfigError
    from core.journal.journal import StoreJournal
    from core.journal.store import Store

    file = config.data_dir.expanduser() / "zhanggui.db"
    if not file.is_file():  # noqa: ASYNC240 - nobody else waits on this loop
        raise ConfigError(f"there is no record {file}: nobody has talked to this clerk yet")
    store = Store(file)
    try:
        journal = StoreJournal(store)
        found = await (journal.last_turn(conversation) if turn_id == _LAST else journal.turn(turn_id))
        if found is None or (conversation and found.message.conversation_id != conversation):
            raise ConfigError(_unknown(turn_id, conversation))
        return found, await journal.last_turn(found.message.conversation_id, before=found.id)
    finally:
        store.close()


def _unknown(turn_id: str, conversation: str) -> str:
    which = "there is no turn yet" if turn_id == _LAST else f"there is no turn {turn_id!r}"
    where = f" in conversation {conversation!r}" if conversation else ""
    return f"{which}{where}; `zhanggui ask --json` and the HTTP API give turn_id and conversation_id"


def _tree(explained: Mapping[str, Any]) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    root = Tree(Text(f"turn {explained['turn_id']}  {explained['received_at']}  {explained['channel']}"))

    def branch(title: str, lines: Iterable[str]) -> None:
        listed = [line for line in lines if line]
        if listed:
            node = root.add(Text(title, style="bold"))
            for line in listed:
                node.add(Text(line))

    files = "".join(f" [{kind}]" for kind in explained["attachments"])
    branch("said", [explained["said"] + files, *explained["flags"], *map(_match, explained["photo_matches"])])
    branch("understood", _understood(explained))
    branch("flows", _flows(explained["flow"]))
    branch("actions", (line for action in explained["actions"] for line in _action(action)))
    branch("answered", (reply["text"] for reply in explained["replies"]))
    branch("evidence", (_citation(one) for reply in explained["replies"] for one in reply["citations"]))
    spent = ", ".join(f"{stage} {value} ms" for stage, value in explained["timings_ms"].items())
    branch(f"outcome: {explained['outcome']}", [spent])
    return root


def _understood(explained: Mapping[str, Any]) -> Iterable[str]:
    yield f"language {explained['language']}, mood {explained['sentiment']:+.2f}"
    yield f"rung {explained['rung']}: {explained['rung_means']}"
    for entity in explained["entities"]:
        yield f"found {entity['kind']} {entity['value']!r} in {entity['words']!r}"
    for command in explained["commands"]:
        values = ", ".join(
            f"{key}={value}" for key, value in command.items() if key not in ("command", "source", "confidence")
        )
        yield f"{command['command']}({values})  from {command['source']}, confidence {command['confidence']:.2f}"
    if explained["intents"]:
        yield "intents: " + ", ".join(f"{one['name']} {one['probability']:.2f}" for one in explained["intents"])


def _flows(flow: Mapping[str, Any]) -> Iterable[str]:
    for when in ("before", "after"):
        frames = " > ".join(f"{frame['flow']}.{frame['step']}" for frame in flow[when])
        yield f"{when}: {frames or 'none'}"
        if when == "before" and flow["steps"]:
            yield f"steps: {', '.join(flow['steps'])}"


def _action(action: Mapping[str, Any]) -> Iterable[str]:
    arguments = json.dumps(action["arguments"], ensure_ascii=False)
    confirmed = ", confirmed by the customer" if action["confirmed"] else ""
    yield f"{action['status']}: {action['name']} {arguments}{confirmed}"
    yield f"  clause {action['clause']}" + (f": {action['clause_says']}" if action["clause_says"] else "")


def _match(match: Mapping[str, Any]) -> str:
    return f"photo: {match['sku']} ({match['product_id']}), score {match['score']:.2f}, {match['decision']}"


def _citation(citation: Mapping[str, str]) -> str:
    return f"{citation['source']}: {citation['quote']}" if citation["quote"] else citation["source"]
