"""`zhanggui bench`: how fast the clerk is on this machine."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ui.cli.bench_photos import photos
from ui.cli.output import AsJson, Profile, settings, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.config import Settings
    from core.types import Turn

app = typer.Typer(name="bench", help="Measure the clerk on this machine.", no_args_is_help=True)
app.command("photos")(photos)
Rounds = Annotated[int, typer.Option("--rounds", min=1, help="How often everything is said.")]
_ASSETS = Path(__file__).parents[2] / "assets"


@app.command()
def turn(context: typer.Context, rounds: Rounds = 5, as_json: AsJson = False) -> None:
    """Time written turns, one after the other, in a fresh data folder with the demo shop."""
    report = asyncio.run(_turns(settings(context), rounds))
    show(report, _as_table(report), as_json=as_json)


async def _turns(config: Settings, rounds: int) -> dict[str, object]:
    import yaml

    from ui.app import Needs, assemble
    from ui.terminal import Terminal

    conversations = yaml.safe_load((_ASSETS / "bench" / "turns.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        fresh = config.model_copy(update={"data_dir": Path(folder)})
        async with assemble(fresh, needs=Needs(hearing=False, seeing=False, speaking=False)) as house:
            await house.warm()
            await Terminal(engine=house.engine).say("你好 hello")
            took: list[float] = []
            turns: list[Turn] = []
            for texts in conversations * rounds:
                terminal = Terminal(engine=house.engine)
                for text in texts:
                    began = time.perf_counter()
                    turns.append(await terminal.say(text))
                    took.append((time.perf_counter() - began) * 1000)
    return {"turns": len(took), **_spread(took), "stages_ms": _stages(turns)}


@app.command()
def model(context: typer.Context, rounds: Rounds = 3, as_json: AsJson = False) -> None:
    """Time the configured language model, bare and through chain and budget, in turns."""
    from ui.model_speed import measure

    report = asyncio.run(measure(settings(context), rounds))
    show(report, "\n".join(f"{name:24} {value}" for name, value in report.items()), as_json=as_json)


@app.command()
def models(
    context: typer.Context,
    profile: Profile = "cpu",
    at_once: Annotated[int, typer.Option(min=1, help="Conversations that ask at the same time.")] = 8,
    rounds: Rounds = 3,
    as_json: AsJson = False,
) -> None:
    """Time every configured model through its queue, beside its bare library in the same run."""
    found = asyncio.run(_models(settings(context, profile=profile), at_once, rounds))
    lines = [f"{'model':10}{'per s':>9}{'p50 ms':>10}{'p95 ms':>10}{'batch':>7}{'bare per s':>12}{'ratio':>8}"]
    shown = ("per_s", "p50_ms", "p95_ms", "mean_batch", "bare_per_s", "ratio")
    for key, row in found.items():
        cells = ["-" if row[name] is None else row[name] for name in shown]
        lines.append("{:10}{:>9}{:>10}{:>10}{:>7}{:>12}{:>8}".format(key, *cells))
    show({"at_once": at_once, "models": found}, "\n".join(lines), as_json=as_json)


async def _models(config: Settings, at_once: int, rounds: int) -> dict[str, dict[str, float | str | None]]:
    from ui.app import assemble
    from ui.models_speed import measure
    from ui.placing import take_places

    if config.serving.strict:
        take_places(config)
    with tempfile.TemporaryDirectory() as folder:
        fresh = config.model_copy(update={"data_dir": Path(folder)})
        async with assemble(fresh) as house:
            if house.finder:
                await house.finder.close()  # the catalogue shall not be looked at beside the measurement
            return await measure(house, at_once, rounds)


@app.command()
def voice(
    context: typer.Context,
    turns: Annotated[int, typer.Option(min=1, help="Sentences that callers say.")] = 50,
    clips: Annotated[
        Path | None, typer.Option(metavar="F.tsv", help="Recordings to play: a manifest as `eval asr` takes.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Time answers on the telephone: from the caller's last sound to the first of the reply, stage by stage."""
    from rich.console import Console
    from rich.progress import Progress

    from ui.voice_speed import measure

    with Progress(console=Console(stderr=True), transient=True) as bar:
        calling = bar.add_task("calling", total=turns)
        report = asyncio.run(
            measure(
                settings(context),
                turns,
                clips=clips,
                tell=lambda more: bar.advance(calling, more),
                watched=lambda openings: bar.track(openings, description="practising"),
            )
        )
    show(report, "\n".join(f"{name:22} {value}" for name, value in report.items()), as_json=as_json)


@app.command()
def calls(
    count: Annotated[
        int, typer.Option("--calls", min=0, help="At a time; 0 looks for the most that one core holds.")
    ] = 0,
    seconds: Annotated[float, typer.Option(min=2, help="How long each load is held.")] = 10,
    door: Annotated[
        Literal["none", "audiosocket"], typer.Option(help="none: sessions alone; audiosocket: over TCP, with codecs.")
    ] = "none",
    first: Annotated[
        bool, typer.Option("--first", help="Go before all other programs of a busy machine; root alone may.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Count the calls that one core holds with models that do nothing, and frames sent over 5 ms late."""
    from ui.calls_speed import measure, most, report_of

    loads = [asyncio.run(measure(count, seconds, door, first))] if count else asyncio.run(most(seconds, door, first))
    report = report_of(loads, door)
    lines = [
        f"{load.calls:4} calls: {load.late_share:.2%} late, {load.own_late_share:.2%} by our own fault, "
        f"worst {load.worst_ms} ms, {load.cpu_share:.0%} of a core"
        for load in loads
    ]
    show(report, "\n".join([*lines, f"calls per core: {report['calls_per_core']}"]), as_json=as_json)


@app.command()
def intake(
    messages: Annotated[int, typer.Option(min=100, help="How many are accepted, of 500 conversations at once.")] = 5000,
    as_json: AsJson = False,
) -> None:
    """Time the durable acceptance of messages: each is on disk before it counts."""
    report = asyncio.run(_intake(messages))
    show(report, f"{report['messages_per_s']} messages a second, each acknowledged after its commit", as_json=as_json)


async def _intake(count: int) -> dict[str, object]:
    from datetime import UTC, datetime

    from core.journal.journal import StoreJournal
    from core.journal.store import Store
    from core.types import Message

    made = [
        Message(
            id=f"m{number}",
            channel="bench",
            external_id=f"m{number}",
            conversation_id=f"c{number % 500}",
            sender_id="bench",
            text="我的订单什么时候到？ where is my order?",
            received_at=datetime.now(UTC),
            trace_id=f"m{number}",
        )
        for number in range(count)
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "zhanggui.db")
        journal = StoreJournal(store)
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(journal.accept(message) for message in made))
        wall, used = time.perf_counter() - began, time.process_time() - cpu
        store.close()
    return {"messages": count, "messages_per_s": round(count / wall), "messages_per_cpu_s": round(count / used)}


@app.command()
def engine(
    turns: Annotated[int, typer.Option(min=100, help="How many, at full load and again at --rate.")] = 2000,
    rate: Annotated[float, typer.Option(min=1, help="Turns a second that arrive for the latencies.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Time the engine itself, journal and outbox included: perception, understanding and dialogue do nothing."""
    from ui.engine_speed import measure

    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), turns, rate))
    at_rate = _spread(found.took_ms)
    report = {
        "turns": found.turns,
        "cpu_ms_per_turn": round(found.cpu_ms_per_turn, 3),
        "turns_per_s": round(found.turns_per_s),
        "rate": rate,
        "at_rate": at_rate,
        "delivered": found.delivered,
    }
    text = (
        f"full load: {report['turns_per_s']} turns/s, {report['cpu_ms_per_turn']} ms CPU a turn; at {rate:g} turns/s: "
        f"p50 {at_rate['p50_ms']} ms, p95 {at_rate['p95_ms']} ms, p99 {at_rate['p99_ms']} ms"
    )
    show(report, text, as_json=as_json)


def _stages(turns: Sequence[Turn]) -> dict[str, dict[str, float]]:
    by_stage: defaultdict[str, list[float]] = defaultdict(list)
    for one in turns:
        for stage, spent in one.timings.items():
            by_stage[stage].append(spent)
    return {stage: _spread(spent) for stage, spent in by_stage.items()}


def _spread(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in shares.items()}
    return {f"{name}_ms": round(value, 2) for name, value in at.items()}


def _as_table(report: dict[str, object]) -> str:
    stages = report["stages_ms"]
    rows = [f"{report['turns']} turns: p50 {report['p50_ms']} ms, p95 {report['p95_ms']} ms"]
    if isinstance(stages, dict):
        rows += [
            f"  {stage:12} p50 {spread['p50_ms']:8.2f}   p95 {spread['p95_ms']:8.2f}"
            for stage, spread in stages.items()
        ]
    return "\n".join(rows)
