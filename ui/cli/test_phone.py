"""`zhanggui test --phone`: call the clerk by cases, listen, and say what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

import typer

from ui.cli.output import show

if TYPE_CHECKING:
    from core.config import Settings

_OWN = Path(__file__).parents[2] / "assets" / "phone" / "cases.yaml"


class Calling(TypedDict):
    """How calls are held; see `ui.phone_trial.run.run_calls`."""

    repeat: int
    unhurried: bool
    door: Literal["none", "audiosocket"]
    shop: Path | None


def call(
    config: Settings, files: Sequence[Path], wanted: str, how: Calling, *, html: Path | None, as_json: bool
) -> None:
    """Hold the calls of `files`, of our own cases where there are none; leave with 1 when one failed."""
    from rich.console import Console
    from rich.progress import Progress

    from ui.cli.test import chosen_of
    from ui.phone_trial.cases import read_calls
    from ui.phone_trial.report import CallTrial, as_text, report_of, write_html
    from ui.phone_trial.run import run_calls

    cases = chosen_of(read_calls(files or [_OWN]), wanted)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        calling = bar.add_task("calling", total=len(cases) * how["repeat"])

        def tell(trial: CallTrial) -> None:
            verdict = f"FAILED ({trial.faults[0]})" if trial.faults else "passed"
            bar.console.print(f"{trial.held.case.id}: {verdict}", markup=False, highlight=False)
            bar.advance(calling)

        trials = asyncio.run(run_calls(config, cases, tell=tell, **how))
    report = report_of(trials)
    if html:
        write_html(report, html)
    show(report, as_text(report), as_json=as_json)
    if report["failed"]:
        raise typer.Exit(1)
