"""`zhanggui eval simulated`: a language model plays the customer, the shop's records judge."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.output import AsJson, settings, show, spread, start_logging

if TYPE_CHECKING:
    from core.config import Settings
    from learning.evaluation.simulated import Played, Role, Say


def simulated(
    context: typer.Context,
    tasks: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Tasks in tau2's form.")],
    shop: Annotated[Path, typer.Option(exists=True, help="The shop they are about, such as tau2's db.json.")],
    user: Annotated[
        str, typer.Option(help="Spec of the model that plays the customer; default: the configured ones.")
    ] = "",
    clerk_model: Annotated[
        bool, typer.Option("--clerk-model", help="Give the clerk the configured model, too; else it does without.")
    ] = False,
    repeat: Annotated[int, typer.Option(min=1, help="Trials of each task, for pass^k.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="Play so many tasks only, spread over the set.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write each conversation here, as JSON lines.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let a language model play the customers of tasks; report pass^k and what was written wrongly."""
    from learning.evaluation.simulated import pass_hat, read_roles

    config = settings(context)
    start_logging("error", beside_talk=True)
    roles = spread(read_roles(tasks), limit)
    played = asyncio.run(_play(config, roles, shop, user, clerk_model, repeat))
    if out is not None:
        out.write_text("".join(f"{json.dumps(_row(one), ensure_ascii=False)}\n" for one in played), encoding="utf-8")
    report: dict[str, Any] = {
        "tasks": len(roles),
        "conversations": len(played),
        "pass_hat": {f"pass^{k}": value for k, value in pass_hat(played).items()},
        "wrong_writes": sum(one.wrong for one in played),
        "broke_off": sum(bool(one.broke_off) for one in played),
    }
    show(report, "\n".join(f"{name:14} {value}" for name, value in report.items()), as_json=as_json)


async def _play(
    config: Settings, roles: Sequence[Role], shop: Path, user: str, clerk_model: bool, repeat: int
) -> list[Played]:
    from tempfile import TemporaryDirectory

    from rich.console import Console
    from rich.progress import Progress

    from core.config import Model
    from core.errors import ConfigError
    from core.journal.store import Store
    from learning.evaluation.simulated import play_all
    from ui.app import Needs
    from ui.case_houses import open_houses
    from ui.language_model import open_purse
    from ui.terminal import Terminal

    backends = {"backends": (user,)} if user else {}
    player = config.model_copy(update={"model": config.model.model_copy(update=backends)})
    clerk = config if clerk_model else config.model_copy(update={"model": Model()})
    needs = Needs(hearing=False, seeing=False, speaking=False)
    with TemporaryDirectory() as folder, closing(Store(Path(folder) / "zhanggui.db")) as store:
        async with open_purse(player, store) as purse, open_houses(clerk, needs, shop=shop) as houses:
            if purse is None:
                raise ConfigError("no language model plays the customer: give --user SPEC, or set model.backends")

            @asynccontextmanager
            async def house() -> AsyncIterator[Say]:
                async with houses.house() as app:
                    yield Terminal(engine=app.engine, channel="web").say

            played = []
            with Progress(console=Console(stderr=True), transient=True) as bar:
                playing = bar.add_task("playing", total=len(roles) * repeat)
                async for one in play_all(roles, repeat, house, purse):
                    played.append(one)
                    bar.advance(playing)
            return played


def _row(one: Played) -> dict[str, Any]:
    return {
        "task": one.role.id,
        "trial": one.trial,
        "passed": one.passed,
        "faults": one.faults,
        "broke_off": one.broke_off,
        "talk": [{"customer": said, "clerk": answered} for said, answered in one.talk],
    }
