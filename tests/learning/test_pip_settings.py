"""pip's own configuration decides which indexes are asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import ConfigError
from learning.models.sources.pip_settings import read


def pip_conf(folder: Path, text: str) -> dict[str, str]:
    path = folder / "own.conf"
    path.write_text(text, encoding="utf-8")
    nowhere = str(folder / "nowhere")
    return {"HOME": nowhere, "XDG_CONFIG_HOME": nowhere, "XDG_CONFIG_DIRS": nowhere, "PIP_CONFIG_FILE": str(path)}


def test_the_public_index_is_asked_when_nothing_is_said() -> None:
    assert read({"PIP_CONFIG_FILE": os.devnull}).indexes == ("https://pypi.org/simple",)


def test_the_environment_names_the_indexes() -> None:
    environment = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "https://mirror.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://a.example/simple file:///opt/simple https://b.example/simple",
    }
    expected = ("https://mirror.example/simple", "https://a.example/simple", "https://b.example/simple")
    assert read(environment).indexes == expected


def test_a_file_names_the_indexes_and_the_environment_wins(tmp_path: Path) -> None:
    cert = tmp_path / "ca.pem"
    cert.write_text("", encoding="utf-8")
    text = f"[global]\nindex-url = https://f.example/simple\ncert = {cert}\n[download]\nextra-index-url =\n  https://g.example\n"
    environment = pip_conf(tmp_path, text)
    found = read(environment)
    assert found.indexes[0] == "https://f.example/simple"
    assert "https://g.example" in found.indexes
    assert found.cert == cert
    assert read(environment | {"PIP_INDEX_URL": "https://e.example"}).indexes[0] == "https://e.example"


def test_a_percent_sign_in_a_password_is_kept(tmp_path: Path) -> None:
    environment = pip_conf(tmp_path, "[global]\nindex-url = https://ann:p%40ss@f.example/simple\n")
    assert read(environment).indexes[0] == "https://ann:p%40ss@f.example/simple"


def test_no_index_means_no_index() -> None:
    assert read({"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}).indexes == ()


def test_a_certificate_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match=r"cert = nowhere\.pem is not a file"):
        read({"PIP_CONFIG_FILE": os.devnull, "PIP_CERT": "nowhere.pem"})


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"own\.conf cannot be read"):
        read(pip_conf(tmp_path, "index-url = no section\n"))
