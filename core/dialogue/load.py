"""Read flows from YAML; every mistake names its file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from core.dialogue.flow import (
    END,
    FAIL,
    Act,
    Answer,
    Branch,
    Collect,
    Confirm,
    Flow,
    Link,
    Policy,
    Say,
    Step,
    Ticket,
    Validate,
)
from core.errors import ConfigError
from core.packs.slots import read_slots
from core.packs.source import Source

FOLDER = Path(str(files("assets"))) / "packs" / "shop" / "flows"
"""The flows of the built-in shop."""

_KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "collect": frozenset({"ask", "again", "show", "unless"}),
        "validate": frozenset({"by", "otherwise", "back"}),
        "branch": frozenset({"cases"}),
        "act": frozenset({"results"}),
        "say": frozenset(),
        "link": frozenset({"given"}),
        "confirm": frozenset({"yes", "no", "changed"}),
        "policy": frozenset({"denied"}),
        "ticket": frozenset({"facts", "policy", "priority", "refused", "denied"}),
        "answer": frozenset(),
    }
)
"""Each kind of step with the keys that it takes beside "id" and "then"."""


@dataclass(frozen=True, slots=True)
class Words:
    """The names that flows may use, for checking them before the first customer comes."""

    acts: frozenset[str]
    checks: frozenset[str]
    has_sentence: Callable[[str], bool]


def load_flows(folder: Path = FOLDER, words: Words | None = None) -> Mapping[str, Flow]:
    """Return the flows in `folder` by name, checked against each other and against `words`.

    Raises `ConfigError` as "file:line: what is wrong" for the first mistake.
    """
    flows, lines, mistakes = read_flows(folder)
    if not flows and not mistakes:
        raise ConfigError(f"{folder} holds no flows (*.yaml)")
    mistakes += mistakes_between(flows, lines, words, flows)
    if mistakes:
        raise ConfigError(mistakes[0])
    return MappingProxyType(flows)


def read_flows(folder: Path) -> tuple[dict[str, Flow], dict[tuple[str, str], str], list[str]]:
    """Return the flows in `folder` by name, where each (flow, step) stands, and all mistakes within the files."""
    flows: dict[str, Flow] = {}
    lines: dict[tuple[str, str], str] = {}
    mistakes: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            flow = _Reader(path, mistakes).flow(lines)
        except ConfigError as error:
            mistakes.append(str(error))
            continue
        if flow.name in flows:
            mistakes.append(f"{path}:1: there is another flow called {flow.name!r}")
        else:
            flows[flow.name] = flow
    return flows, lines, mistakes


def mistakes_between(
    flows: Mapping[str, Flow],
    lines: Mapping[tuple[str, str], str],
    words: Words | None,
    known: Mapping[str, Flow],
) -> list[str]:
    """Return what is wrong between the steps of `flows`, the flows that are `known`, and `words`."""
    return [
        f"{lines[flow.name, step.id]}: {problem}"
        for flow in flows.values()
        for step in flow.steps.values()
        if (problem := _problem(step, flow, known, words))
    ]


@dataclass(frozen=True, slots=True)
class _Reader(Source):
    mistakes: list[str]

    def flow(self, lines: dict[tuple[str, str], str]) -> Flow:
        """Read the whole file, and note in `lines` where each (flow, step) stands."""
        root = self.root()
        top = self.mapping(root, frozenset({"flow", "about", "slots", "steps"}))
        if "flow" not in top or "steps" not in top or not isinstance(top["steps"], yaml.SequenceNode):
            raise self.wrong(root, "a flow needs a name (flow:) and a list of steps (steps:)")
        name = self.text(top["flow"])
        steps, first = self._steps(name, top["steps"].value, lines)
        if not steps and not self.mistakes:
            raise self.wrong(root, "a flow needs at least one step")
        return Flow(
            name=name,
            about=MappingProxyType(self.texts(top["about"]) if "about" in top else {}),
            steps=MappingProxyType(steps),
            first=first,
            slots=read_slots(self, top["slots"]) if "slots" in top else MappingProxyType({}),
        )

    def _steps(
        self, name: str, nodes: list[yaml.Node], lines: dict[tuple[str, str], str]
    ) -> tuple[dict[str, Step], str]:
        """Return the steps by id and the first one's id; a step with a mistake is noted and left out."""
        parsed = [self.mapping(node) for node in nodes]
        ids = [self.text(step["id"]) if "id" in step else f"step{n}" for n, step in enumerate(parsed, start=1)]
        steps: dict[str, Step] = {}
        for n, (node, keys, step_id) in enumerate(zip(nodes, parsed, ids, strict=True)):
            after = ids[n + 1] if n + 1 < len(ids) else END
            lines.setdefault((name, step_id), self.place(node))
            try:
                if step_id in steps or step_id in (END, FAIL):
                    raise self.wrong(node, f"the step id {step_id!r} is taken")
                steps[step_id] = self._step(node, keys, step_id, after)
            except ConfigError as error:
                self.mistakes.append(str(error))
        return steps, ids[0] if ids else ""

    def _step(self, node: yaml.Node, keys: Mapping[str, yaml.Node], step_id: str, after: str) -> Step:
        kinds = [key for key in keys if key in _KINDS and not (key == "policy" and "ticket" in keys)]
        if len(kinds) != 1:
            raise self.wrong(node, f"a step is one of {', '.join(_KINDS)}; this one is {' and '.join(kinds) or 'none'}")
        kind = kinds[0]
        for key in keys:
            if key not in (kind, "id", "then") and key not in _KINDS[kind]:
                known = ", ".join(sorted(_KINDS[kind] | {"id", "then"}))
                raise self.wrong(keys[key], f"a {kind} step has no {key!r} (it takes: {known})")
        then = self.text(keys["then"]) if "then" in keys else after
        return self._made(kind, node, keys, {"id": step_id, "then": then})

    def _made(self, kind: str, node: yaml.Node, keys: Mapping[str, yaml.Node], shared: dict[str, Any]) -> Step:
        def text(key: str) -> str:
            return self.text(keys[key]) if key in keys else ""

        def needed(key: str) -> str:
            if key not in keys:
                raise self.wrong(node, f"a {kind} step needs {key!r}")
            return self.text(keys[key])

        if kind == "collect":
            slots = self.names(keys["collect"])
            words = {key: text(key) for key in ("ask", "again", "show", "unless")}
            return Collect(slots=slots, **words, **shared)
        if kind == "validate":
            return Validate(
                slot=needed("validate"), by=needed("by"), otherwise=needed("otherwise"), back=needed("back"), **shared
            )
        if kind == "branch":
            if "cases" not in keys:
                raise self.wrong(node, "a branch step needs 'cases'")
            return Branch(slot=needed("branch"), cases=MappingProxyType(self.texts(keys["cases"])), **shared)
        if kind == "act":
            results = self.texts(keys["results"]) if "results" in keys else {}
            return Act(act=needed("act"), results=MappingProxyType(results), **shared)
        if kind == "confirm":
            return Confirm(
                show=needed("confirm"), yes=needed("yes"), no=needed("no"), changed=needed("changed"), **shared
            )
        if kind == "say":
            return Say(key=needed("say"), **shared)
        if kind == "link":
            given = self.texts(keys["given"]) if "given" in keys else {}
            return Link(flow=needed("link"), given=MappingProxyType(given), **shared)
        return self._of_pack(kind, needed(kind), node, keys, shared)

    def _of_pack(
        self, kind: str, what: str, node: yaml.Node, keys: Mapping[str, yaml.Node], shared: dict[str, Any]
    ) -> Step:
        """Return one of the steps with which packs do business."""
        named = {key: self.text(keys[key]) for key in ("denied", "refused", "priority") if key in keys}
        if kind == "policy":
            return Policy(group=what, denied=named.get("denied", END), **shared)
        if kind == "answer":
            return Answer(page=what, **shared)
        if "facts" not in keys:
            raise self.wrong(node, "a ticket step needs 'facts', the slots that are read out and written")
        if named.get("priority", "normal") not in ("normal", "high"):
            raise self.wrong(keys["priority"], f"the priority is normal or high, not {named['priority']!r}")
        group = self.text(keys["policy"]) if "policy" in keys else ""
        return Ticket(topic=what, facts=self.names(keys["facts"]), group=group, **named, **shared)


def _problem(step: Step, flow: Flow, flows: Mapping[str, Flow], words: Words | None) -> str:
    for target in targets_of(step):
        if target not in flow.steps and target not in (END, FAIL):
            return f"the flow {flow.name!r} has no step {target!r} (steps: {', '.join(flow.steps)})"
    if isinstance(step, Link) and step.flow not in flows:
        return f"there is no flow {step.flow!r} (flows: {', '.join(sorted(flows))})"
    return _unknown_word(step, words) if words else ""


def targets_of(step: Step) -> list[str]:
    """Return the steps that a step may lead to."""
    targets = [step.then]
    if isinstance(step, Act):
        targets += step.results.values()
    elif isinstance(step, Branch):
        targets += step.cases.values()
    elif isinstance(step, Validate):
        targets.append(step.back)
    elif isinstance(step, Confirm):
        targets = [step.yes, step.no, step.changed]
    elif isinstance(step, Policy):
        targets.append(step.denied)
    elif isinstance(step, Ticket):
        targets += [step.refused, step.denied]
    return targets


def _unknown_word(step: Step, words: Words) -> str:
    acts, checks, sentences = _used(step)
    for act in acts:
        if act and act not in words.acts:
            return f"there is no act {act!r} (acts: {', '.join(sorted(words.acts))})"
    for check in checks:
        if check and check not in words.checks:
            return f"there is no check {check!r} (checks: {', '.join(sorted(words.checks))})"
    for sentence in sentences:
        if sentence and not words.has_sentence(sentence):
            return f"there is no sentence {sentence!r} in the templates"
    return ""


def _used(step: Step) -> tuple[list[str], list[str], list[str]]:
    """Return the acts, checks and sentences that a step names."""
    if isinstance(step, Act):
        return [step.act], [], []
    if isinstance(step, Collect):
        return [step.show], [step.unless], [step.ask, step.again]
    if isinstance(step, Confirm):
        return [step.show], [], []
    if isinstance(step, Validate):
        return [], [step.by], [step.otherwise]
    return [], [], [step.key] if isinstance(step, Say) else []
