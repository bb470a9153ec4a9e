"""`zhanggui test`: hold conversations by their cases and say which went wrong, and why."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from ui.cli.output import AsJson, looking, settings, show, start_logging

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.config import Settings
    from learning.evaluation.cases import Case
    from learning.evaluation.cases_run import Trial
    from ui.phone_trial.cases import CallCase

Named = TypeVar("Named", "Case", "CallCase")
Cases = Annotated[
    list[Path] | None, typer.Argument(help="Files of cases (.jsonl, .yaml, .json), or folders of such files.")
]
Phone = Annotated[bool, typer.Option("--phone", help="Call the clerk over a simulated line; without CASES, our own.")]
Door = Annotated[
    Literal["none", "audiosocket"], typer.Option("--door", help="With --phone: go through our AudioSocket server, too.")
]
Unhurried = Annotated[bool, typer.Option("--unhurried", help="With --phone: let the line wait for slow models.")]
Repeat = Annotated[int, typer.Option("--repeat", min=1, metavar="N", help="Hold each conversation N times: pass^k.")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, metavar="N", help="Conversations at once; calls: one.")]
Filter = Annotated[str, typer.Option("--filter", metavar="REGEX", help="Only cases whose id this finds.")]
Shop = Annotated[
    Path | None,
    typer.Option("--shop", metavar="PATH", help="Records that `shop import` reads; default: the demo shop."),
]
Junit = Annotated[Path | None, typer.Option("--junit", metavar="F.xml", help="Write a report for build servers.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="F.html", help="Write a report for people.")]


def test(
    context: typer.Context,
    cases: Cases = None,
    repeat: Repeat = 1,
    junit: Junit = None,
    html: Html = None,
    wanted: Filter = "",
    jobs: Jobs = 1,
    shop: Shop = None,
    phone: Phone = False,
    unhurried: Unhurried = False,
    door: Door = "none",
    as_json: AsJson = False,
) -> None:
    """Hold the conversations of CASES, each in a fresh house, and judge them. Exit code 1 when one failed."""
    from core.errors import ConfigError
    from learning.evaluation.cases import read_cases
    from learning.evaluation.cases_html import write_html
    from learning.evaluation.cases_junit import write_junit
    from learning.evaluation.cases_run import report_of

    config = settings(context)
    start_logging(config.log.level, beside_talk=True)
    if shop is not None and not shop.exists():
        raise ConfigError(f"--shop: there is no {shop}")
    if phone:
        from ui.cli.test_phone import Calling, call

        if junit:
            raise ConfigError("--junit: calls are reported by --html and --json")
        how = Calling(repeat=repeat, unhurried=unhurried, door=door, shop=shop)
        call(config, cases or [], wanted, how, html=html, as_json=as_json)
        return
    if not cases:
        raise ConfigError("name files of cases; --phone alone has cases of its own")
    chosen = chosen_of(read_cases(cases), wanted)
    trials = asyncio.run(_trials(config, chosen, repeat, jobs, shop))
    if junit:
        write_junit(trials, junit)
    if html:
        write_html(trials, html)
    report = report_of(trials)
    show(report, _as_text(report), as_json=as_json)
    if report["failed"]:
        raise typer.Exit(1)


def chosen_of(cases: Sequence[Named], wanted: str) -> tuple[Named, ...]:
    """Return the cases whose id the regular expression finds; raises `ConfigError` where there is none."""
    from core.errors import ConfigError

    try:
        pattern = re.compile(wanted)
    except re.error as error:
        raise ConfigError(f"--filter: {wanted!r} is no regular expression: {error}") from error
    chosen = tuple(case for case in cases if pattern.search(case.id))
    if not chosen:
        raise ConfigError(f"--filter: {wanted!r} finds none of the {len(cases)} cases")
    return chosen


async def _trials(
    config: Settings, cases: Sequence[Case], repeat: int, jobs: int, shop: Path | None
) -> tuple[Trial, ...]:
    from rich.console import Console
    from rich.progress import Progress

    from learning.evaluation.cases_run import run_cases
    from ui.app import Needs
    from ui.case_houses import open_houses

    said = [said for case in cases for said in case.turns]
    needs = Needs(hearing=any(one.audio for one in said), seeing=any(one.image for one in said), speaking=False)
    async with open_houses(config, needs, shop=shop, progress=looking()) as houses:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            talking = bar.add_task("talking", total=len(cases) * repeat)
            return await run_cases(cases, houses.talk, repeat=repeat, jobs=jobs, tell=lambda _: bar.advance(talking))


def _as_text(report: Mapping[str, Any]) -> str:
    from learning.evaluation.cases_trace import as_text

    lines: list[str] = []
    for failure in report["failures"]:
        lines.append(f"FAILED {failure['id']} ({failure['file']}:{failure['line']}, trial {failure['trial']})")
        lines += [f"  - {fault}" for fault in failure["faults"]]
        lines += [*(as_text(turn, number) for number, turn in enumerate(failure["turns"], 1)), ""]
    for tally in (report["by_language"], report["by_file"]):
        lines += [f"  {name:30} {count['passed']:5} of {count['trials']}" for name, count in tally.items()]
    reliability = ", ".join(f"pass^{k} {value}" for k, value in report["pass_hat"].items())
    lines.append(f"{report['passed']} of {report['trials']} conversations passed; {reliability}")
    return "\n".join(lines)
