"""The report that build servers read: JUnit's XML."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from learning.evaluation.cases_run import Trial, failure_of
from learning.evaluation.cases_trace import as_text

_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML 1.0 cannot carry, not even escaped."""


def write_junit(trials: Sequence[Trial], file: Path) -> None:
    """Write one suite per case file and one test per trial; a failure carries its trace."""
    suites: defaultdict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        suites[str(trial.case.file)].append(trial)
    root = Xml.Element("testsuites", _counts(trials))
    for name, held in suites.items():
        suite = Xml.SubElement(root, "testsuite", {"name": _clean(name), **_counts(held)})
        for trial in held:
            _add(suite, trial)
    file.parent.mkdir(parents=True, exist_ok=True)
    Xml.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _add(suite: Xml.Element, trial: Trial) -> None:
    case = trial.case
    name = case.id if trial.number == 1 else f"{case.id} [trial {trial.number}]"
    named = {"name": _clean(name), "classname": _clean(case.file.stem), "time": f"{trial.took_s:.3f}"}
    test = Xml.SubElement(suite, "testcase", {**named, "file": _clean(str(case.file)), "line": str(case.line)})
    if not trial.passed:
        failure = Xml.SubElement(test, "failure", {"message": _clean(trial.faults[0])})
        turns = (as_text(traced, number) for number, traced in enumerate(failure_of(trial)["turns"], 1))
        failure.text = _clean("\n".join((*trial.faults, "", *turns)))


def _counts(trials: Sequence[Trial]) -> dict[str, str]:
    return {
        "tests": str(len(trials)),
        "failures": str(sum(not trial.passed for trial in trials)),
        "errors": "0",
        "time": f"{sum(trial.took_s for trial in trials):.3f}",
    }


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
