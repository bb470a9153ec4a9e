"""The list of models: what ships is sound, and a malformed entry is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import Settings
from core.errors import ConfigError
from learning.models.catalogue import choose, load, needed

ENTRY = """
[tiny]
use = "tests"
licence = "MIT"
[[tiny.file]]
name = "a.bin"
size = 3
sha256 = "{sha}"
parts = ["some-package==1.0:data/a.bin"]
"""
SHA = "0" * 64


def written(folder: Path, text: str) -> Path:
    path = folder / "models.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_set_is_a_download_of_less_than_450_megabytes() -> None:
    assert sum(model.size_bytes for model in load().values() if model.default) < 450e6


def test_every_model_that_the_default_configuration_needs_is_in_the_default_set() -> None:
    models = load()
    wanted = needed(models, Settings())
    assert {"whisper-base", "silero-vad", "piper-en_US-joe-medium", "efficientnet-lite0"} <= {m.name for m in wanted}
    assert all(model.default for model in wanted)


def test_every_file_of_ours_can_be_had_without_the_hub() -> None:
    assert [file.name for model in load().values() for file in model.files if not file.parts] == []


def test_a_model_brings_those_it_needs() -> None:
    names = [model.name for model in choose(load(), ["piper-en_US-joe-medium"])]
    assert names == ["piper-en_US-joe-medium", "g2p-en"]


def test_an_unknown_model_says_what_was_meant() -> None:
    with pytest.raises(ConfigError, match="no model is called 'whisper-bass'; did you mean 'whisper-base'"):
        choose(load(), ["whisper-bass"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('licence = "MIT"', "", "tiny lacks the key 'licence'"),
        ('use = "tests"', 'usage = "tests"', "tiny lacks the key 'use'"),
        ('use = "tests"', 'use = "tests"\ncolour = 1', "tiny has unknown keys: colour"),
        ("size = 3", 'size = "3"', "tiny.file a.bin: size = '3' must be a int"),
        (SHA, "abc", "tiny.file a.bin: sha256 = 'abc' is not 64 hex digits"),
        ('"a.bin"', '"../a.bin"', "must be a plain file name"),
        ('"a.bin"', '".a.bin"', "must be a plain file name"),
        ("some-package==1.0:data/a.bin", "some-package:data/a.bin", 'expected "PACKAGE==VERSION:MEMBER"'),
        ('use = "tests"', 'use = "t"\nneeds = ["other"]', "tiny.needs names 'other'"),
        ('use = "tests"', 'use = "t"\nbuild = "os:remove"\nderived = ["x"]', "tiny.build must be"),
    ],
)
def test_a_malformed_entry_names_the_model_and_the_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = ENTRY.format(sha=SHA)
    assert old in text
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text.replace(old, new)))
    assert said in str(caught.value)


def test_a_list_that_is_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"models\.toml is not valid TOML"):
        load(written(tmp_path, "[tiny"))
