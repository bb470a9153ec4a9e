from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import ConfigError
from learning.evaluation.cases import Case, Said, read_cases

_CASE = {"id": "one", "lang": "zh", "channel": "web", "turns": ["你好"], "expect": {}}


def _jsonl(folder: Path, *cases: object) -> Path:
    file = folder / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in cases), encoding="utf-8")
    return file


def _yaml(folder: Path, text: str) -> Path:
    file = folder / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def _read_one(file: Path) -> Case:
    (case,) = read_cases([file])
    return case


def test_a_case_in_json_lines_and_in_yaml_reads_the_same(tmp_path: Path) -> None:
    text = """
- id: one
  lang: en
  channel: web
  turns: [hello, {text: and this}]
  expect:
    writes: [{name: cancel_pending_order, args: {order_id: "#W1", reason: no longer needed}}]
    must_say: [cancel]
    handoff: false
    ticket: refund
"""
    row = {
        "id": "one",
        "lang": "en",
        "channel": "web",
        "turns": ["hello", {"text": "and this"}],
        "expect": {
            "writes": [{"name": "cancel_pending_order", "args": {"order_id": "#W1", "reason": "no longer needed"}}],
            "must_say": ["cancel"],
            "handoff": False,
            "ticket": "refund",
        },
    }
    lines, listed = _read_one(_jsonl(tmp_path, row)), _read_one(_yaml(tmp_path, text))

    assert lines.turns == listed.turns == (Said(text="hello"), Said(text="and this"))
    assert lines.expect == listed.expect and lines.expect.ticket == "refund" and lines.expect.handoff is False
    assert (lines.line, listed.line) == (1, 2)


def test_yaml_words_stay_as_they_are_written(tmp_path: Path) -> None:
    case = _read_one(
        _yaml(
            tmp_path,
            "- {id: one, lang: en, channel: web, turns: [yes, no, 3912702, 2026-06-15],"
            " expect: {writes: [{name: x, args: {zip: 02134}}], ticket: true}}",
        )
    )

    assert [said.text for said in case.turns] == ["yes", "no", "3912702", "2026-06-15"]
    assert case.expect.writes[0].arguments == {"zip": "02134"}
    assert case.expect.ticket is True


def test_pictures_and_shops_lie_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    (tmp_path / "db.json").touch()
    case = _read_one(_jsonl(tmp_path, _CASE | {"turns": [{"image": "photo.jpg"}], "shop": "db.json"}))

    assert case.turns[0].image == tmp_path / "photo.jpg"
    assert case.shop == tmp_path / "db.json"


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    _jsonl(tmp_path, _CASE)
    _yaml(tmp_path, "- {id: two, lang: en, turns: [hi], expect: {}}")
    (tmp_path / "notes.md").touch()

    assert {case.id for case in read_cases([tmp_path])} == {"one", "two"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lang": "fr"}, "lang: Input should be 'zh', 'en' or 'mixed'"),
        ({"turn": ["hi"]}, "turn: is no key of a case"),
        ({"expect": {"write": []}}, "expect.write: is no key of a case"),
        ({"expect": {"must_say": ["("]}}, "expect.must_say: '(' is no regular expression"),
        ({"expect": {"handoff": "maybe"}}, "expect.handoff: Input should be a valid boolean"),
        ({"expect": {"writes": [{"name": "x"}]}}, "expect.writes.0.args: is missing"),
        ({"turns": []}, "turns: expected at least one message"),
        ({"turns": [{"image": "gone.jpg"}]}, "turns.0.image: there is no"),
        ({"turns": [{"picture": "gone.jpg"}]}, "picture: is no key of a case"),
        ({"shop": "nowhere"}, "shop: there is no"),
        ({"id": " "}, "id: String should have at least 1 character"),
    ],
)
def test_a_mistake_is_told_with_file_line_case_and_key(tmp_path: Path, change: dict[str, object], told: str) -> None:
    file = _jsonl(tmp_path, _CASE | {"id": "fine"}, _CASE | change)
    with pytest.raises(ConfigError) as error:
        read_cases([file])

    assert f"{file}:2" in str(error.value)
    assert told in str(error.value)


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="case 'one': expect: is missing"):
        read_cases([_jsonl(tmp_path, {key: value for key, value in _CASE.items() if key != "expect"})])


def test_two_cases_with_one_id_are_told_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cases.jsonl:2: the case 'one' stands at .*cases.jsonl:1 too"):
        read_cases([_jsonl(tmp_path, _CASE, _CASE)])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("empty.jsonl", "\n\n", "holds no case"),
        ("empty.yaml", "# nothing yet\n", "holds no case"),
        ("broken.jsonl", '{"id": \n', "broken.jsonl:1: not valid JSON"),
        ("broken.yaml", "- {id: [", "not valid YAML"),
        ("one.yaml", "id: one", "expected a list of cases"),
        ("list.jsonl", "[1]", "Input should be a valid dictionary"),
        ("cases.txt", "", "cases stand in files that end in"),
    ],
)
def test_a_file_that_holds_no_cases_is_told(tmp_path: Path, name: str, text: str, told: str) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        read_cases([file])


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_bytes(b"\xff\xfe\x00")
    for path, told in ((tmp_path / "gone.yaml", "there is no file"), (tmp_path / "cases.yaml", "not UTF-8")):
        with pytest.raises(ConfigError, match=told):
            read_cases([path])


def test_a_folder_without_cases_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no cases"):
        read_cases([tmp_path])
