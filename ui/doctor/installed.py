"""Which libraries and extras are installed."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version

from packaging.requirements import Requirement

from ui.doctor import Finding, State

_PROJECT = "zhanggui"
_NOT_FOR_USERS = {"dev"}


def check() -> Iterator[Finding]:
    """Yield Python, every library of the default install, and every extra."""
    yield Finding(name="python", state=State.OK, detail=platform.python_version())
    requirements = [Requirement(text) for text in requires(_PROJECT) or ()]
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield _library(requirement)
    for extra in metadata(_PROJECT).get_all("Provides-Extra") or ():
        if extra not in _NOT_FOR_USERS:
            yield _extra(extra, requirements)


def _library(requirement: Requirement) -> Finding:
    name = requirement.name
    fault = _fault(requirement)
    if fault:
        return Finding(name=name, state=State.MISSING, detail=fault, remedy=f'pip install "{requirement}"')
    return Finding(name=name, state=State.OK, detail=version(name))


def _extra(extra: str, requirements: list[Requirement]) -> Finding:
    faults = [f"{name}: {fault}" for name, fault in _faults(extra, requirements).items()]
    if faults:
        remedy = f'pip install "{_PROJECT}[{extra}]"'
        return Finding(name=f"[{extra}]", state=State.OPTIONAL, detail="; ".join(faults), remedy=remedy)
    return Finding(name=f"[{extra}]", state=State.OK, detail="installed")


def _faults(extra: str, requirements: list[Requirement]) -> dict[str, str]:
    """Return what is wrong with an extra's libraries, by library; an extra may name other extras of ours."""
    found: dict[str, str] = {}
    for requirement in requirements:
        marker = requirement.marker
        if marker is None or marker.evaluate({"extra": ""}) or not marker.evaluate({"extra": extra}):
            continue
        if requirement.name == _PROJECT:
            for other in requirement.extras:
                found |= _faults(other, requirements)
        elif fault := _fault(requirement):
            found[requirement.name] = fault
    return found


def _fault(requirement: Requirement) -> str:
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return "not installed"
    if requirement.specifier.contains(installed, prereleases=True):
        return ""
    return f"{installed} is installed, {requirement.specifier} is needed"
