"""`zhanggui calls` and `zhanggui call`: look at telephone calls, and have somebody called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import ConfigError
from ui.cli.output import AsJson, settings, show

if TYPE_CHECKING:
    from core.config import Settings
    from ui.call_desk import CallDesk


def calls(
    context: typer.Context,
    call_id: Annotated[str, typer.Argument(metavar="[ID]", help="One call, with its times and its line.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    outgoing: Annotated[bool, typer.Option("--outgoing", help="The calls that the clerk was to make.")] = False,
    erase_number: Annotated[
        str, typer.Option("--erase-number", metavar="NUMBER", help="Forget all calls of a number, and recordings.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List the latest telephone calls, or show one."""
    config = settings(context)

    async def work() -> tuple[Mapping[str, Any], str]:
        async with _desk(config) as desk:
            if erase_number:
                gone = await desk.erase_number(erase_number)
                return {"erased": gone}, f"{gone} call(s) of {erase_number} were forgotten"
            if outgoing:
                made = await desk.outgoing(limit=limit)
                return {"calls": list(made)}, "\n".join(map(_outgoing, made)) or "no calls to make"
            if call_id:
                found = await desk.call(call_id)
                if found is None:
                    raise ConfigError(f"there is no call {call_id!r}; `zhanggui calls` lists them")
                return found, _whole(found)
            kept = await desk.calls(limit=limit)
            return {"calls": list(kept)}, "\n".join(map(_line, kept)) or "no calls yet"

    report, text = asyncio.run(work())
    show(report, text, as_json=as_json)


def call(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="[NUMBER]", help="Empty: the number of the order's customer.")] = "",
    say: Annotated[str, typer.Option("--say", metavar="TEXT", help="What to tell.")] = "",
    order: Annotated[str, typer.Option("--order", metavar="ID", help="The order that a notice is about.")] = "",
    notice: Annotated[str, typer.Option("--notice", help="shipped, delivery, pickup or delayed.")] = "",
    language: Annotated[str, typer.Option("--language", help="zh or en; default: the phone's own.")] = "",
    key: Annotated[str, typer.Option("--key", help="The same key calls nobody twice.")] = "",
    as_json: AsJson = False,
) -> None:
    """Have the clerk call somebody: `zhanggui serve` makes the call, at a decent hour, and tells who confirmed.

    The same notice of the same order, and the same words to the same number on the same day, are told once.
    """
    if language not in ("", "zh", "en"):
        raise ConfigError(f"--language is zh or en, not {language!r}")
    config = settings(context)

    async def work() -> Mapping[str, Any]:
        async with _desk(config) as desk:
            return await desk.place(key=key, number=number, text=say, order=order, notice=notice, language=language)

    placed = asyncio.run(work())
    show(placed, _outgoing(placed), as_json=as_json)
    if placed["state"] == "refused":
        raise typer.Exit(1)


@asynccontextmanager
async def _desk(config: Settings) -> AsyncIterator[CallDesk]:
    from core.journal.store import Store
    from core.shop.local import LocalShop
    from ui.call_desk import CallDesk  # first, for the store creates the tables it knows of
    from ui.shop_folder import open_shop

    data = config.data_dir.expanduser()
    store = Store(data / "zhanggui.db")
    try:
        shop: LocalShop = await open_shop(store, data, policy=config.shop.policy)
        yield CallDesk(store, shop, config)
    finally:
        store.close()


def _line(call: Mapping[str, Any]) -> str:
    score = f"MOS {call['mos']:.1f}" if call["mos"] is not None else "       "
    taped = "rec" if call["recording"] else "   "
    return (
        f"{call['began_at'][:19]}  {call['direction']:3}  {call['caller'] or 'withheld':16} {call['seconds']:6.0f} s  "
        f"{len(call['turns']):3} turns  {score}  {taped}  {call['ended']}  {call['call_id']}"
    )


def _whole(call: Mapping[str, Any]) -> str:
    lines = [_line(call)]
    told = ("conversation_id", "waited_s", "greeted_s", "answered_by", "transfer", "consent", "recording")
    lines += [f"  {name}: {call[name]}" for name in told if call[name] not in (None, "")]
    if handed_over := call.get("handed_over", ""):  # a call of an earlier release has none
        lines.append("  handed over:\n" + indent(handed_over, "    "))
    quality = ", ".join(f"{name} {value:g}" for name, value in call["quality"].items())
    lines.append(f"  line: {quality}")
    lines.append(
        f"  interruptions {len(call['interruptions'])}, false alarms {call['false_alarms']}, backchannels "
        f"{call['backchannels']}, fillers {call['fillers']}, silences {call['silences']}"
    )
    for number, turn in enumerate(call["turns"], start=1):
        lines.append(f"  turn {number}: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in turn.items()))
    lines += [f"  {deed['deed']} by {deed['by']}" for deed in call["audit"]]
    return "\n".join(lines)


def _outgoing(call: Mapping[str, Any]) -> str:
    return f"{call['state']:9} {call['number']:16} attempts {call['attempts']}  {call['outcome']}  {call['words']}"
