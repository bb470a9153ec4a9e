"""`zhanggui explain` after a talk, with no other model than that of sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.wording.templates import Templates
from ui.explaining import clause_in_words

pytestmark = pytest.mark.models
ROOT = Path(__file__).parents[2]
_ONLY_READING = {f"ZHANGGUI_BACKENDS__{key}": "" for key in ("ASR", "VAD", "TTS_EN", "TTS_ZH", "PHOTOS")}


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    data = str(tmp_path_factory.mktemp("data"))
    return {**os.environ, **_ONLY_READING, "ZHANGGUI_DATA_DIR": data, "COLUMNS": "200"}


@pytest.fixture(scope="module")
def turns(surroundings: dict[str, str]) -> list[dict[str, Any]]:
    said = (("我的订单到哪了", "one"), ("chen.jing@example.com", "one"), ("I want to talk to a person", "other"))
    asked = []
    for text, conversation in said:
        done = run(surroundings, "ask", text, "--conversation", conversation, "--json")
        asked.append(json.loads(done.stdout))
    return asked


def run(surroundings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings, cwd=ROOT, timeout=100)


def explained(surroundings: dict[str, str], *arguments: str) -> dict[str, Any]:
    done = run(surroundings, "explain", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_a_turn_says_what_was_understood_and_where_its_flows_stood(
    surroundings: dict[str, str], turns: list[dict[str, Any]]
) -> None:
    why = explained(surroundings, turns[1]["turn_id"])

    assert why["said"] == "chen.jing@example.com" and why["rung"] == "rules"
    assert why["entities"][0]["kind"] == "email"
    assert {"command": "SetSlot", "source": "rules"}.items() <= why["commands"][0].items()
    assert why["flow"]["before"][-1]["flow"] == "identify" and "identify.check" in why["flow"]["steps"]
    assert why["flow"]["after"][-1]["flow"] == "order_status"
    assert set(why["timings_ms"]) == {"queue", "perceive", "understand", "dialogue", "speak"}


def test_the_last_turn_is_explained_of_all_or_of_one_conversation(
    surroundings: dict[str, str], turns: list[dict[str, Any]]
) -> None:
    assert explained(surroundings)["turn_id"] == turns[2]["turn_id"]
    assert explained(surroundings, "last", "--conversation", "one")["turn_id"] == turns[1]["turn_id"]
    assert explained(surroundings, turns[2]["turn_id"])["flow"]["before"] == []


def test_people_read_actions_with_their_clause(surroundings: dict[str, str], turns: list[dict[str, Any]]) -> None:
    done = run(surroundings, "explain", turns[2]["turn_id"])

    assert done.returncode == 0, done.stderr
    assert "done: transfer_to_human_agents" in done.stdout and "clause handoff/anyone" in done.stdout
    assert "I want to talk to a person" in done.stdout


def test_an_unknown_turn_and_an_empty_record_are_told(
    surroundings: dict[str, str], turns: list[dict[str, Any]], tmp_path: Path
) -> None:
    unknown = run(surroundings, "explain", "nope")
    elsewhere = run(surroundings, "explain", turns[1]["turn_id"], "--conversation", "other")
    empty = run({**surroundings, "ZHANGGUI_DATA_DIR": str(tmp_path)}, "explain")

    assert (unknown.returncode, elsewhere.returncode, empty.returncode) == (2, 2, 2)
    assert "there is no turn 'nope'" in unknown.stderr and "in conversation 'other'" in elsewhere.stderr
    assert "nobody has talked to this clerk yet" in empty.stderr
    assert not list(tmp_path.iterdir())


def test_a_clause_is_told_in_the_words_of_its_sentence() -> None:
    templates = Templates({"en": {"deny.cancel/late": "Order {order_id} has left us."}})

    assert clause_in_words("cancel/late", templates, "zh") == "Order … has left us."
    assert clause_in_words("cancel/other", templates, "en") == ""
