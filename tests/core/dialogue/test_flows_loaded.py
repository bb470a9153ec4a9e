from __future__ import annotations

from pathlib import Path

import pytest

from core.dialogue.acts import ACTS, CHECKS
from core.dialogue.load import Words, load_flows
from core.errors import ConfigError
from core.understand.sentences import load_intents

WORDS = Words(acts=frozenset(ACTS), checks=frozenset(CHECKS), has_sentence=lambda key: key != "no_such")


def test_the_shops_flows_load_and_every_intent_leads_to_one() -> None:
    flows = load_flows()
    for intent in load_intents():
        kind, _, what = intent.does.partition(":")
        assert {"flow": what, "business": "business", "question": "question"}.get(kind, "question") in flows


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("  - say: hello\n    then: nowhere", r"f\.yaml:3: the flow 'f' has no step 'nowhere'"),
        ("  - say: no_such", r"f\.yaml:3: there is no sentence 'no_such'"),
        ("  - say: hello\n  - act: fly", r"f\.yaml:4: there is no act 'fly'"),
        ("  - link: other", r"f\.yaml:3: there is no flow 'other'"),
        ("  - say: hello\n    colour: red", r"f\.yaml:4: a say step has no 'colour'"),
        ("  - say: hello\n    act: identify", r"f\.yaml:3: a step is one of"),
        ("  - then: end", r"f\.yaml:3: a step is one of"),
        ("  - id: a\n    say: x\n  - id: a\n    say: y", r"f\.yaml:5: the step id 'a' is taken"),
        (
            "  - validate: order_id\n    by: magic\n    otherwise: x\n    back: step1",
            r"f\.yaml:3: there is no check 'magic'",
        ),
        ("  - validate: order_id\n    by: own_order", r"f\.yaml:3: a validate step needs 'otherwise'"),
        ("  - branch: answer", r"f\.yaml:3: a branch step needs 'cases'"),
        ("  - say: [a, b]", r"f\.yaml:3: expected a single word"),
        ("  []", r"f\.yaml:1: a flow needs at least one step"),
        ("  - say: 'x", r"f\.yaml:\d+: "),
    ],
)
def test_a_mistake_in_a_flow_names_file_and_line(tmp_path: Path, steps: str, message: str) -> None:
    (tmp_path / "f.yaml").write_text(f"flow: f\nsteps:\n{steps}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_flows(tmp_path, WORDS)


def test_two_flows_of_one_name_are_refused(tmp_path: Path) -> None:
    for file in ("a.yaml", "b.yaml"):
        (tmp_path / file).write_text("flow: f\nsteps:\n  - say: hello\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.yaml:1: there is another flow called 'f'"):
        load_flows(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no flows"):
        load_flows(tmp_path)
