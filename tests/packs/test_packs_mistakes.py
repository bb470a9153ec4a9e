"""Every kind of mistake in a pack is found, with its file and line, and all of them at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.packs.folder import new_pack, strays
from core.packs.load import load_pack, read_pack

FLOW = "flows/call_back.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_pack("desk", tmp_path / "desk")
    return tmp_path / "desk"


def _change(folder: Path, file: str, old: str, new: str) -> int:
    """Replace `old` in a file and return the line where it stood."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "down", "message"),
    [
        (FLOW, "- say: will_call", "- act: fly", 0, "there is no act 'fly'"),
        (FLOW, "- say: will_call", "- act: show_order", 0, "there is no act 'show_order'"),
        (FLOW, "- say: will_call", "- say: goodbye", 0, "there is no sentence 'goodbye'"),
        (FLOW, "- say: will_call", "- link: wash", 0, "there is no flow 'wash'"),
        (FLOW, "- say: will_call", "- link: identify", 0, "needs: [customers]"),
        (FLOW, "- say: will_call", "- answer: prices", 0, "there is no page 'prices'"),
        (FLOW, "- say: will_call", "- shout: hello", 0, "a step is one of"),
        (FLOW, "- say: will_call", "- {say: will_call, then: nowhere}", 0, "has no step 'nowhere'"),
        (FLOW, "- collect: matter", "- collect: weight", 0, "there is no slot 'weight'"),
        (FLOW, "facts: [day, matter, phone]", "facts: [day, colour]", -1, "there is no slot 'colour'"),
        (FLOW, "- policy: call_back  ", "- policy: opening  ", 0, "there is no group of rules 'opening'"),
        (FLOW, "- say: will_call", "- {say: will_call, id: a, then: a}", 0, "leads back to itself"),
        (FLOW, "- collect: matter", "- {collect: matter, then: end}", 1, "nothing leads to the step"),
        (FLOW, "- collect: matter", "- {branch: day, cases: {x: end}, else: end}", 0, "a branch step has no 'else'"),
        (FLOW, "type: date", "type: day", 0, "needs a type, one of"),
        (FLOW, "type: text", "type: choice", -1, "needs choices"),
        (FLOW, "type: text", "type: code\n    pattern: '[A-'", 1, "is no regular expression"),
        (FLOW, "label: {zh: 日期, en: Day}", "label: {zh: 日期}", -1, "lacks a sentence in en"),
        (FLOW, "  matter:\n", "  question:\n", 1, "the engine uses the slot 'question' itself"),
        (FLOW, "steps: ", "steps: [  # ", 1, "expected"),
        ("policy.yaml", "clause: call_back/weekdays", "clause: call_back/past", 0, "stands at"),
        ("policy.yaml", "clause: call_back/weekdays", "clause: weekdays", 0, "needs a clause such as"),
        ("policy.yaml", "{day: {before: today}}", "{size: {above: 3}}", 0, "there is no slot 'size'"),
        ("policy.yaml", "{day: {before: today}}", "{day: {above: 3}}", 0, "is for a number slot"),
        ("policy.yaml", "{day: {before: today}}", "{day: {sooner: today}}", 0, "there is no condition 'sooner'"),
        ("policy.yaml", "{day: {before: today}}", "{day: {before: soon}}", 0, "expected today, today + DAYS"),
        ("policy.yaml", "{day: {before: today}}", "{verified: false}", -1, "needs: [customers]"),
        ("policy.yaml", "[sat, sun]", "[caturday]", 0, "is no weekday"),
        ("policy.yaml", '      en: "Nobody', '      fr: "Nobody', -1, "lacks its sentence in en"),
        ("policy.yaml", "so {day} is not", "so {when} is not", -1, "{when} is no slot"),
        ("intents/call_back.yaml", "does: flow:call_back", "does: flow:wash", 0, "there is no flow 'wash'"),
        ("intents/call_back.yaml", "does: flow:call_back", "does: dance", 0, "an intent does flow:NAME"),
        ("intents/call_back.yaml", "en:\n", "de:\n", 0, "there is no 'de' here"),
        ("intents/call_back.yaml", "give me a call", "call me tomorrow", 1, "stands at"),
        ("templates/en.yaml", "will_call:", "we_call:", 0, "lacks in zh.yaml"),
        ("templates/en.yaml", "A colleague", "{name}", 0, "puts in other values than zh.yaml does"),
        ("templates/en.yaml", "A colleague", "{oh no}", 0, "a value is put in as {name}"),
        ("knowledge/hours.en.md", "# Opening hours", "Opening hours", 0, "expected the title first"),
        ("knowledge/hours.en.md", "questions:", "asked:", 0, "no 'asked' in a page's front matter"),
        ("pack.yaml", "languages: [zh, en]", "languages: [zh, fr]", 0, "expected languages among zh, en, not fr"),
        ("pack.yaml", "# needs: [customers]  ", "needs: [money]  ", 0, "a pack cannot need 'money'"),
        ("pack.yaml", "says: {zh: 请给我回个电话, ", "says: {", 0, "the sentence lacks in zh"),
        ("pack.yaml", "menu:  ", "dishes: ", 0, "there is no 'dishes' here"),
        ("pack.yaml", "# alarms:  ", "alarms: [{flow: fire, words: [fire]}]  ", 0, "there is no flow 'fire'"),
        ("pack.yaml", "# alarms:  ", "alarms: [{flow: handoff, words: ['(fire']}]  ", 0, "is no regular expression"),
    ],
)
def test_a_mistake_names_its_file_and_line(
    folder: Path, file: str, old: str, new: str, down: int, message: str
) -> None:
    line = _change(folder, file, old, new)
    mistakes = read_pack(folder)[1]
    told = [mistake for mistake in mistakes if mistake.startswith(str(folder / file)) and message in mistake]
    assert told, mistakes
    found = re.match(rf"{re.escape(str(folder / file))}:(\d+)", told[0])
    assert found and abs(int(found[1]) - line - down) <= 1, (line, told)
    with pytest.raises(ConfigError, match=re.escape(message)):
        load_pack(str(folder))


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    _change(folder, FLOW, "- say: will_call", "- act: fly")
    _change(folder, "policy.yaml", "[sat, sun]", "[caturday]")
    _change(folder, "templates/en.yaml", "will_call:", "we_call:")
    (folder / "knowledge" / "hours.zh.md").unlink()
    (folder / "intents" / "empty.yaml").write_text("does: question\nzh: []\nen: [hello there]\n", encoding="utf-8")
    told = "\n".join(read_pack(folder)[1])
    for part in ("'fly'", "caturday", "we_call", "lacks in zh", "'empty' has no sentences in zh"):
        assert part in told


def test_two_mistakes_in_one_flow_are_both_told(folder: Path) -> None:
    _change(folder, FLOW, "- say: will_call", "- shout: hello")
    _change(folder, FLOW, "- collect: matter", "- {collect: matter, loudly: 1}")
    assert sum(FLOW in mistake for mistake in read_pack(folder)[1]) >= 2


def test_a_file_that_nothing_reads_does_not_belong(folder: Path) -> None:
    (folder / "flows" / "notes.txt").write_text("?", encoding="utf-8")
    (folder / "helper.py").write_text("", encoding="utf-8")
    (folder / "templates" / "fr.yaml").write_text("", encoding="utf-8")
    named = [mistake.partition(":1:")[0].rpartition("/")[2] for mistake in strays(folder, ("zh", "en"))]
    assert sorted(named) == ["fr.yaml", "helper.py", "notes.txt"]


def test_a_folder_without_pack_yaml_is_no_pack(tmp_path: Path) -> None:
    pack, mistakes = read_pack(tmp_path)
    assert pack is None and "pack.yaml" in mistakes[0]


def test_a_pack_may_speak_one_language_only(folder: Path) -> None:
    _change(folder, "pack.yaml", "languages: [zh, en]", "languages: [en]")
    for file in ("templates/zh.yaml", "knowledge/hours.zh.md"):
        (folder / file).unlink()
    for path in (folder / "intents").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text[: text.index("zh:")] + text[text.index("en:") :], encoding="utf-8")
    pack, mistakes = read_pack(folder)
    assert pack is not None and mistakes == []
    assert pack.templates.say("will_call", "zh") == pack.templates.say("will_call", "en")
