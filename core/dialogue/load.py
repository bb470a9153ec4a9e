"""Read flows from YAML; every mistake names its file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from core.dialogue.flow import END, FAIL, Act, Branch, Collect, Flow, Link, Say, Step, Validate
from core.errors import ConfigError

FOLDER = Path(str(files("assets"))) / "packs" / "shop" / "flows"
"""The flows of the built-in shop."""

_KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "collect": frozenset({"ask", "again", "show", "unless"}),
        "validate": frozenset({"by", "otherwise", "back"}),
        "branch": frozenset({"cases"}),
        "act": frozenset({"results"}),
        "say": frozenset(),
        "link": frozenset(),
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
    flows: dict[str, Flow] = {}
    lines: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.yaml")):
        flow = _Reader(path).flow(lines)
        if flow.name in flows:
            raise ConfigError(f"{path}:1: there is another flow called {flow.name!r}")
        flows[flow.name] = flow
    if not flows:
        raise ConfigError(f"{folder} holds no flows (*.yaml)")
    for flow in flows.values():
        for step in flow.steps.values():
            problem = _problem(step, flow, flows, words)
            if problem:
                raise ConfigError(f"{lines[flow.name, step.id]}: {problem}")
    return MappingProxyType(flows)


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path

    def flow(self, lines: dict[tuple[str, str], str]) -> Flow:
        try:
            root = yaml.compose(self.path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            raise ConfigError(f"{self.path}:{mark.line + 1 if mark else 1}: {error.problem}") from error
        top = self._mapping(root, frozenset({"flow", "about", "steps"}))
        if "flow" not in top or "steps" not in top or not isinstance(top["steps"], yaml.SequenceNode):
            raise self._wrong(root, "a flow needs a name (flow:) and a list of steps (steps:)")
        name = self._text(top["flow"])
        nodes = top["steps"].value
        parsed = [self._mapping(node, None) for node in nodes]
        ids = [self._text(step["id"]) if "id" in step else f"step{n}" for n, step in enumerate(parsed, start=1)]
        steps: dict[str, Step] = {}
        for n, (node, keys, step_id) in enumerate(zip(nodes, parsed, ids, strict=True)):
            if step_id in steps or step_id in (END, FAIL):
                raise self._wrong(node, f"the step id {step_id!r} is taken")
            after = ids[n + 1] if n + 1 < len(ids) else END
            steps[step_id] = self._step(node, keys, step_id, after)
            lines[name, step_id] = self._place(node)
        if not steps:
            raise self._wrong(root, "a flow needs at least one step")
        about = self._texts(top["about"]) if "about" in top else {}
        return Flow(name=name, about=MappingProxyType(about), steps=MappingProxyType(steps), first=ids[0])

    def _step(self, node: yaml.Node, keys: Mapping[str, yaml.Node], step_id: str, after: str) -> Step:
        kinds = [key for key in keys if key in _KINDS]
        if len(kinds) != 1:
            raise self._wrong(
                node, f"a step is one of {', '.join(_KINDS)}; this one is {' and '.join(kinds) or 'none'}"
            )
        kind = kinds[0]
        for key in keys:
            if key not in (kind, "id", "then") and key not in _KINDS[kind]:
                known = ", ".join(sorted(_KINDS[kind] | {"id", "then"}))
                raise self._wrong(keys[key], f"a {kind} step has no {key!r} (it takes: {known})")
        then = self._text(keys["then"]) if "then" in keys else after
        return self._made(kind, node, keys, {"id": step_id, "then": then})

    def _made(self, kind: str, node: yaml.Node, keys: Mapping[str, yaml.Node], shared: dict[str, Any]) -> Step:
        def text(key: str) -> str:
            return self._text(keys[key]) if key in keys else ""

        def needed(key: str) -> str:
            if key not in keys:
                raise self._wrong(node, f"a {kind} step needs {key!r}")
            return self._text(keys[key])

        if kind == "collect":
            slots = self._names(keys["collect"])
            words = {key: text(key) for key in ("ask", "again", "show", "unless")}
            return Collect(slots=slots, **words, **shared)
        if kind == "validate":
            return Validate(
                slot=needed("validate"), by=needed("by"), otherwise=needed("otherwise"), back=needed("back"), **shared
            )
        if kind == "branch":
            if "cases" not in keys:
                raise self._wrong(node, "a branch step needs 'cases'")
            return Branch(slot=needed("branch"), cases=MappingProxyType(self._texts(keys["cases"])), **shared)
        if kind == "act":
            results = self._texts(keys["results"]) if "results" in keys else {}
            return Act(act=needed("act"), results=MappingProxyType(results), **shared)
        if kind == "say":
            return Say(key=needed("say"), **shared)
        return Link(flow=needed("link"), **shared)

    def _mapping(self, node: yaml.Node | None, known: frozenset[str] | None) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, "expected a mapping (key: value)")
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self._text(key_node)
            if known is not None and key not in known:
                raise self._wrong(key_node, f"there is no {key!r} here (known: {', '.join(sorted(known))})")
            if key in found:
                raise self._wrong(key_node, f"{key!r} stands here twice")
            found[key] = value
        return found

    def _texts(self, node: yaml.Node) -> dict[str, str]:
        return {key: self._text(value) for key, value in self._mapping(node, None).items()}

    def _names(self, node: yaml.Node) -> tuple[str, ...]:
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._text(item) for item in node.value)
        return (self._text(node),)

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._wrong(node, "expected a single word or sentence")
        return str(node.value)

    def _place(self, node: yaml.Node | None) -> str:
        return f"{self.path}:{node.start_mark.line + 1 if node is not None else 1}"

    def _wrong(self, node: yaml.Node | None, what: str) -> ConfigError:
        return ConfigError(f"{self._place(node)}: {what}")


def _problem(step: Step, flow: Flow, flows: Mapping[str, Flow], words: Words | None) -> str:
    for target in _targets(step):
        if target not in flow.steps and target not in (END, FAIL):
            return f"the flow {flow.name!r} has no step {target!r} (steps: {', '.join(flow.steps)})"
    if isinstance(step, Link) and step.flow not in flows:
        return f"there is no flow {step.flow!r} (flows: {', '.join(sorted(flows))})"
    return _unknown_word(step, words) if words else ""


def _targets(step: Step) -> list[str]:
    targets = [step.then]
    if isinstance(step, Act):
        targets += step.results.values()
    elif isinstance(step, Branch):
        targets += step.cases.values()
    elif isinstance(step, Validate):
        targets.append(step.back)
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
    if isinstance(step, Validate):
        return [], [step.by], [step.otherwise]
    return [], [], [step.key] if isinstance(step, Say) else []
