"""Hold conversations by their cases and count how reliably they go well."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from statistics import fmean
from typing import Any, TypeAlias

from core.errors import MediaError
from core.types import Turn
from learning.evaluation.cases import Case
from learning.evaluation.cases_judge import judge
from learning.evaluation.cases_trace import trace

Talk: TypeAlias = Callable[[Case], Awaitable[Sequence[Turn]]]
"""Say all that a case says, to a house of its own, and return the turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One conversation that was held."""

    case: Case
    number: int
    """1, 2, ... of the repetitions."""
    faults: tuple[str, ...]
    """What went wrong; empty when it passed."""
    turns: tuple[Turn, ...]
    took_s: float

    @property
    def passed(self) -> bool:
        """Return whether nothing went wrong."""
        return not self.faults


async def run_cases(
    cases: Sequence[Case], talk: Talk, *, repeat: int = 1, jobs: int = 1, tell: Callable[[Trial], None] | None = None
) -> tuple[Trial, ...]:
    """Hold every conversation `repeat` times, `jobs` at once; `tell` hears of each as it ends.

    A conversation that cannot be held (its picture is refused at the door) is a failed one; the others go on.
    What keeps every conversation from being held (a shop that cannot be read) is raised.
    """
    free = asyncio.Semaphore(jobs)

    async def hold(case: Case, number: int) -> Trial:
        async with free:
            trial = await _trial(case, number, talk)
        if tell:
            tell(trial)
        return trial

    held = [asyncio.create_task(hold(case, 1 + at)) for at in range(repeat) for case in cases]
    try:
        return tuple(await asyncio.gather(*held))
    finally:
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)


async def _trial(case: Case, number: int, talk: Talk) -> Trial:
    began = time.perf_counter()
    turns: tuple[Turn, ...] = ()
    try:
        turns = tuple(await talk(case))
        faults = judge(case, turns)
    except (MediaError, OSError) as error:
        faults = (f"the conversation could not be held: {error}",)
    return Trial(case=case, number=number, faults=faults, turns=turns, took_s=time.perf_counter() - began)


def pass_hat(trials: Sequence[Trial]) -> dict[int, float]:
    """Return pass^k for k = 1 to the number of repetitions: how likely all of k trials of a case pass.

    The unbiased estimator, C(passed, k) / C(trials, k) averaged over the cases (Yao et al. 2024, "tau-bench",
    https://arxiv.org/abs/2406.12045).
    """
    results: defaultdict[str, list[bool]] = defaultdict(list)
    for trial in trials:
        results[trial.case.id].append(trial.passed)
    fewest = min((len(result) for result in results.values()), default=0)
    return {
        k: fmean(comb(sum(result), k) / comb(len(result), k) for result in results.values())
        for k in range(1, fewest + 1)
    }


def report_of(trials: Sequence[Trial]) -> dict[str, Any]:
    """Return the whole report as plain values for JSON; failures carry their trace."""
    return {
        "cases": len({trial.case.id for trial in trials}),
        "trials": len(trials),
        "passed": sum(trial.passed for trial in trials),
        "failed": sum(not trial.passed for trial in trials),
        "pass_hat": {str(k): round(value, 4) for k, value in pass_hat(trials).items()},
        "by_language": _tally((trial.case.language, trial) for trial in trials),
        "by_file": _tally((str(trial.case.file), trial) for trial in trials),
        "results": [
            {"id": trial.case.id, "trial": trial.number, "passed": trial.passed, "seconds": round(trial.took_s, 3)}
            for trial in trials
        ],
        "failures": [failure_of(trial) for trial in trials if not trial.passed],
    }


def failure_of(trial: Trial) -> dict[str, Any]:
    """Return what went wrong in a trial, with every turn."""
    return {
        "id": trial.case.id,
        "trial": trial.number,
        "language": trial.case.language,
        "file": str(trial.case.file),
        "line": trial.case.line,
        "faults": list(trial.faults),
        "turns": [trace(turn) for turn in trial.turns],
    }


def _tally(named: Iterable[tuple[str, Trial]]) -> Mapping[str, Mapping[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name, trial in named:
        count = counts.setdefault(name, {"passed": 0, "trials": 0})
        count["passed"] += trial.passed
        count["trials"] += 1
    return counts
