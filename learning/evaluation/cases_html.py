"""The report that people read: one HTML file that needs nothing beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from learning.evaluation.cases_run import Trial, report_of

_STYLE = """
:root { color-scheme: light dark; --good: #1a7f4b; --bad: #b3261e; --soft: #8883; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 0 0 1.5rem; } th, td { text-align: left; padding: .2rem 1rem .2rem 0; }
td.n { text-align: right; } .bad { color: var(--bad); } .good { color: var(--good); }
details { border: 1px solid var(--soft); border-radius: .5rem; padding: .5rem 1rem; margin: .5rem 0; }
summary { cursor: pointer; font-weight: 600; } .turn { border-top: 1px solid var(--soft); padding: .6rem 0; }
.said, .clerk { white-space: pre-wrap; }
.said::before { content: "\\1F464  "; } .clerk::before { content: "\\1F3EA  "; }
.why { font: 12.5px/1.5 ui-monospace, monospace; opacity: .8; overflow-wrap: anywhere; }
"""
_WHY = ("commands", "entities", "intents", "flags", "steps", "stack")


def write_html(trials: Sequence[Trial], file: Path) -> None:
    """Write totals, every failure turn by turn, and the list of all conversations."""
    report = report_of(trials)
    failed = [*_failures(report["failures"])]
    body = "\n".join((*_totals(report), "<h2>Failures</h2>", *(failed or ["<p>None.</p>"]), *_all(report)))
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Conversations</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, encoding="utf-8", errors="replace")


def _totals(report: Mapping[str, Any]) -> Iterator[str]:
    kind = "bad" if report["failed"] else "good"
    yield f'<h1>Conversations: <span class="{kind}">{report["passed"]} of {report["trials"]} passed</span></h1>'
    reliability = ", ".join(f"pass^{k} {value:.3f}" for k, value in report["pass_hat"].items())
    yield f"<p>{report['cases']} cases; {reliability}</p>"
    for title, key in (("Language", "by_language"), ("File", "by_file")):
        yield f"<table><tr><th>{title}</th><th>passed</th><th>of</th></tr>"
        for name, count in report[key].items():
            yield f'<tr><td>{escape(name)}</td><td class="n">{count["passed"]}</td><td class="n">{count["trials"]}</td>'
            yield "</tr>"
        yield "</table>"


def _failures(failures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for failure in failures:
        where = escape(f"{failure['file']}:{failure['line']}, trial {failure['trial']}")
        yield f"<details open><summary>{escape(failure['id'])}</summary><p>{where}</p><ul>"
        yield from (f'<li class="bad">{escape(fault)}</li>' for fault in failure["faults"])
        yield "</ul>"
        for turn in failure["turns"]:
            yield from _turn(turn)
        yield "</details>"


def _turn(turn: Mapping[str, Any]) -> Iterator[str]:
    files = "".join(f" [{kind}]" for kind in turn["attachments"])
    yield f'<div class="turn"><div class="said">{escape(turn["said"] + files)}</div>'
    yield f'<div class="why">language: {escape(turn["language"])} · rung: {escape(turn["rung"])}</div>'
    for name in _WHY:
        if turn[name]:
            yield f'<div class="why">{name}: {escape(", ".join(turn[name]))}</div>'
    for action in turn["actions"]:
        kind = "good" if action["status"] == "done" else "bad"
        shown = f"{action['status']}: {action['name']} {json.dumps(action['arguments'], ensure_ascii=False)}"
        yield f'<div class="why {kind}">{escape(shown)} ({escape(action["clause"])})</div>'
    yield from (f'<div class="clerk">{escape(line)}</div>' for line in turn["replies"])
    yield "</div>"


def _all(report: Mapping[str, Any]) -> Iterator[str]:
    yield "<h2>All conversations</h2><table><tr><th>case</th><th>trial</th><th></th><th>seconds</th></tr>"
    for result in report["results"]:
        kind, word = ("good", "passed") if result["passed"] else ("bad", "failed")
        yield (
            f'<tr><td>{escape(result["id"])}</td><td class="n">{result["trial"]}</td>'
            f'<td class="{kind}">{word}</td><td class="n">{result["seconds"]}</td></tr>'
        )
    yield "</table>"
