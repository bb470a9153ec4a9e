"""`zhanggui doctor`: what works, what does not, and what to do."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from ui.cli.output import AsJson, Profile, settings, show

if TYPE_CHECKING:
    from ui.doctor import Finding


def doctor(context: typer.Context, profile: Profile = "cpu", as_json: AsJson = False) -> None:
    """Tell what is installed, configured, placed where, present, reachable and missing."""
    from ui.doctor import State, configured, installed, placed, present, reachable

    config = settings(context, profile=profile)
    sections = {
        "installed": tuple(installed.check()),
        "configured": tuple(configured.check(config, context.find_root().obj)),
        "placed": tuple(placed.check(config)),
        "present": tuple(present.check(config)),
        "reachable": tuple(reachable.check(config)),
    }
    missing = [finding for findings in sections.values() for finding in findings if finding.state is State.MISSING]
    report: dict[str, object] = {"ok": not missing}
    report |= {name: [asdict(finding) for finding in findings] for name, findings in sections.items()}
    report["missing"] = [asdict(finding) for finding in missing]
    show(report, _text(sections, missing), as_json=as_json)
    if missing:
        raise typer.Exit(1)


def _text(sections: dict[str, tuple[Finding, ...]], missing: list[Finding]) -> str:
    blocks = ["\n".join([name.upper(), *map(_line, findings)]) for name, findings in sections.items()]
    if missing:
        blocks.append("\n".join(["MISSING", *map(_line, missing)]))
    else:
        blocks.append("Nothing is missing.")
    return "\n\n".join(blocks)


def _line(finding: Finding) -> str:
    remedy = f" -> {finding.remedy}" if finding.remedy else ""
    return f"  {finding.state:9}{finding.name}: {finding.detail}{remedy}"
