"""What came of the calls of `zhanggui test --phone`, for programs and for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from ui.phone_trial.judge import Held, transcript_of
from ui.phone_trial.measure import Answer

_STYLE = """
:root { color-scheme: light dark; --good: #1a7f4b; --bad: #b3261e; --soft: #8883; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border: 1px solid var(--soft); border-radius: .5rem; padding: .5rem 1rem; margin: .5rem 0; }
summary { cursor: pointer; font-weight: 600; } .bad { color: var(--bad); } .good { color: var(--good); }
pre { white-space: pre-wrap; font: 12.5px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTrial:
    """A call with its verdict."""

    held: Held
    number: int
    faults: tuple[str, ...]


def report_of(trials: Sequence[CallTrial]) -> dict[str, Any]:
    """Return the whole report as plain values for JSON."""
    passed = sum(not trial.faults for trial in trials)
    return {
        "trials": len(trials),
        "passed": passed,
        "failed": len(trials) - passed,
        "calls": [_call(trial) for trial in trials],
    }


def _call(trial: CallTrial) -> dict[str, Any]:
    held = trial.held
    return {
        "id": held.case.id,
        "trial": trial.number,
        "passed": not trial.faults,
        "faults": list(trial.faults),
        "greeted_s": held.greeted_s,
        "turns": [
            {"answer": _answer(answer), "silent_after_s": silence}
            for answer, silence in zip(held.answers, held.silences, strict=True)
        ],
        "clerk_heard": list(held.clerk_heard),
        "caller_heard": held.heard.splitlines(),
        "played": [{"recorded": recorded, "heard": heard} for recorded, heard in held.played],
        "flushed_at_carrier_ms": held.dropped_ms,
        "dialogue": transcript_of(held.turns),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    stages = answer.stages
    return {
        "first_audio_s": answer.first_audio_s,
        "stages_s": {name: round(spent, 3) for name, spent in asdict(stages).items()} if stages else None,
        "asked_early": answer.asked_early,
        "waited_long": answer.waited_long,
    }


def as_text(report: Mapping[str, Any]) -> str:
    """Return the report for a terminal: every failure with what was heard on both sides."""
    lines: list[str] = []
    for call in report["calls"]:
        lines.append(f"{'passed' if call['passed'] else 'FAILED'} {call['id']}")
        lines += [f"  - {fault}" for fault in call["faults"]]
        if not call["passed"]:
            lines += [f"    the clerk understood: {words}" for words in call["clerk_heard"]]
            lines += [f"    the caller heard: {words}" for words in call["caller_heard"]]
    lines.append(f"{report['passed']} of {report['trials']} calls passed")
    return "\n".join(lines)


def write_html(report: Mapping[str, Any], file: Path) -> None:
    """Write the report as one HTML file that needs nothing beside it."""
    calls = []
    for call in report["calls"]:
        kind, is_open = ("good", "") if call["passed"] else ("bad", " open")
        faults = "".join(f'<li class="bad">{escape(fault)}</li>' for fault in call["faults"])
        told = json.dumps({key: call[key] for key in call if key not in ("id", "faults")}, ensure_ascii=False, indent=1)
        calls.append(
            f'<details{is_open}><summary class="{kind}">{escape(call["id"])}</summary><ul>{faults}</ul>'
            f"<pre>{escape(told)}</pre></details>"
        )
    title = f"Calls: {report['passed']} of {report['trials']} passed"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"</head><body><h1>{title}</h1>{''.join(calls)}</body></html>\n",
        encoding="utf-8",
    )
