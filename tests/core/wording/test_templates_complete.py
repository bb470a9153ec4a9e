from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.understand.sentences import load_intents
from core.wording.templates import load_templates


def write(folder: Path, zh: str, en: str) -> Path:
    (folder / "zh.yaml").write_text(zh, encoding="utf-8")
    (folder / "en.yaml").write_text(en, encoding="utf-8")
    return folder


def test_every_sentence_is_in_both_languages() -> None:
    templates = load_templates()
    assert set(templates.sentences["zh"]) == set(templates.sentences["en"])


def test_chinese_is_written_with_chinese_marks() -> None:
    for key, sentence in load_templates().sentences["zh"].items():
        if key not in ("other_language",):
            assert not set(",?!;") & set(sentence.replace("{", "").replace("}", "")), key


def test_every_business_has_a_name_in_words() -> None:
    templates = load_templates()
    lacking = [i.name for i in load_intents() if i.does == "business" and not templates.has(f"topic.{i.name}")]
    assert lacking == []


def test_a_value_is_never_read_as_a_template(tmp_path: Path) -> None:
    templates = load_templates(write(tmp_path, 'a: "{name}好"', 'a: "Hi {name}"'))
    assert templates.say("a", "en", name="{0.__class__}") == "Hi {0.__class__}"


def test_the_phone_hears_the_short_form(tmp_path: Path) -> None:
    files = write(tmp_path, 'a: "长"\na.phone: "短"', 'a: "long"\na.phone: "short"')
    templates = load_templates(files)
    assert (templates.say("a", "zh", channel="phone"), templates.say("a", "en", channel="web")) == ("短", "long")


@pytest.mark.parametrize(
    ("zh", "en", "message"),
    [
        ('a: "x"', 'a: "x"\nb: "y"', "not in both zh.yaml and en.yaml: b"),
        ('a: "{x}"', 'a: "{y}"', "zh.yaml: a puts in other values"),
        ('a: "{x.y}"', 'a: "{x.y}"', "is not a plain name"),
        ('a: "{"', 'a: "{"', "a: "),
        ("- a", 'a: "x"', "expected a mapping"),
    ],
)
def test_a_mistake_names_its_file_and_key(tmp_path: Path, zh: str, en: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_templates(write(tmp_path, zh, en))
