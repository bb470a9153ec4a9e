"""Configuration: one file, the environment, and mistakes that name their key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from core.config import Settings, load
from core.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "zhanggui.example.toml"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("ZHANGGUI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def written(folder: Path, text: str) -> Path:
    path = folder / "zhanggui.toml"
    path.write_text(text, encoding="utf-8")
    return path


def keys(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys(kind, (*prefix, name))
        else:
            yield (*prefix, name)


def test_without_a_file_everything_has_its_default() -> None:
    assert load() == Settings()


def test_the_example_loads_to_exactly_the_defaults() -> None:
    assert load(EXAMPLE) == Settings()


def test_the_example_names_every_key_under_its_section() -> None:
    sections = re.split(r"^\[(\w+)\]$", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)
    text = {"": sections[0], **dict(zip(sections[1::2], sections[2::2], strict=True))}
    for key in keys(Settings):
        section = ".".join(key[:-1])
        variable = "ZHANGGUI_" + "__".join(key).upper()
        as_key = re.search(rf"^(# )?{key[-1]} = ", text[section], flags=re.MULTILINE)
        assert as_key or variable in text[section], f"{'.'.join(key)} is not in the example"


def test_the_file_in_the_working_folder_is_found(tmp_path: Path) -> None:
    written(tmp_path, "[web]\nport = 9000\n")
    assert load().web.port == 9000


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "[web]\nport = 9000\nhost = '::1'\n")
    monkeypatch.setenv("ZHANGGUI_WEB__PORT", "9001")
    assert load(path).web.port == 9001
    assert load(path, web={"port": 9002}).web.port == 9002
    assert load(path).web.host == "::1"


def test_a_list_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_MODELS__SOURCES", '["packages"]')
    assert load().models.sources == ("packages",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[web]\nport = 70000", ("web.port", "70000", "65535")),
        ("[web]\nport = 'http'", ("web.port", "'http'", "integer")),
        ("[web]\nprot = 8080", ("web.prot", "8080", "did you mean 'port'")),
        ("[wbe]\nport = 8080", ("wbe", "did you mean 'web'")),
        ("[telegram]\nmode = 'pulling'", ("telegram.mode", "'pulling'", "'polling' or 'webhook'")),
        ("[models]\nsources = ['usb']", ("models.sources.0", "'usb'", "'local', 'hub' or 'packages'")),
        ("[media]\naudio_s = -1", ("media.audio_s", "-1", "greater than 0")),
    ],
)
def test_a_mistake_names_the_key_the_value_and_what_was_expected(
    tmp_path: Path, text: str, said: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text))
    for words in said:
        assert words in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"2 mistake") as caught:
        load(written(tmp_path, "[web]\nport = -1\n[log]\nlevel = 'loud'"))
    assert "web.port" in str(caught.value)
    assert "log.level" in str(caught.value)


def test_a_mistake_in_the_environment_names_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_PHONE__MAX_CALLS", "many")
    with pytest.raises(ConfigError, match=r"phone\.max_calls = 'many'"):
        load()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"zhanggui\.toml is not valid TOML"):
        load(written(tmp_path, "[web\n"))


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no configuration file .*other\.toml"):
        load(tmp_path / "other.toml")


@pytest.mark.parametrize(
    "key", ["web.admin_key", "telegram.token", "telegram.webhook_secret", "phone.twilio_auth_token"]
)
def test_a_secret_in_the_file_is_refused_without_showing_it(tmp_path: Path, key: str) -> None:
    section, name = key.split(".")
    with pytest.raises(ConfigError, match=f"{key} is a secret") as caught:
        load(written(tmp_path, f"[{section}]\n{name} = 'hush-hush'"))
    assert "hush-hush" not in str(caught.value)
    assert f"ZHANGGUI_{section}__{name}".upper() in str(caught.value)


def test_secrets_come_from_the_environment_and_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_TELEGRAM__TOKEN", "hush-hush")
    settings = load()
    assert settings.telegram.token.get_secret_value() == "hush-hush"
    assert "hush-hush" not in repr(settings)


def test_secrets_come_from_files_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ZHANGGUI_TELEGRAM__TOKEN").write_text("from-a-file\n", encoding="utf-8")
    (tmp_path / "zhanggui_web__admin_key").write_text("also-from-a-file", encoding="utf-8")
    monkeypatch.setenv("ZHANGGUI_SECRETS_DIR", str(tmp_path))
    assert load().telegram.token.get_secret_value() == "from-a-file"
    assert load().web.admin_key.get_secret_value() == "also-from-a-file"
    monkeypatch.setenv("ZHANGGUI_TELEGRAM__TOKEN", "from-the-environment")
    assert load().telegram.token.get_secret_value() == "from-the-environment"


def test_a_secrets_folder_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_SECRETS_DIR", "nowhere")
    with pytest.raises(ConfigError, match=r"ZHANGGUI_SECRETS_DIR=nowhere is not a folder"):
        load()


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(Exception, match="frozen"):
        load().web.port = 1  # type: ignore[misc]


def test_a_variable_with_one_underscore_is_told_rather_than_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_WEB_PORT", "9000")
    with pytest.raises(ConfigError, match="ZHANGGUI_WEB_PORT sets nothing; did you mean ZHANGGUI_WEB__PORT"):
        load()


def test_a_list_in_a_variable_is_json_and_anything_else_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_WEB__ALLOWED_ORIGINS", '["https://shop.example.com"]')
    assert load().web.allowed_origins == ("https://shop.example.com",)
    monkeypatch.setenv("ZHANGGUI_WEB__ALLOWED_ORIGINS", "https://shop.example.com")
    with pytest.raises(ConfigError, match="lists are written as JSON"):
        load()


def test_a_cart_address_has_a_place_for_the_article(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_SHOP__CART_URL", "https://shop.example.com/add?sku={sku}&quantity={quantity}")
    assert "{sku}" in load().shop.cart_url


@pytest.mark.parametrize("wrong", ["https://shop.example.com/add", "javascript:{sku}", "https://x/{sku}/{price}", "{"])
def test_a_wrong_cart_address_names_its_key(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("ZHANGGUI_SHOP__CART_URL", wrong)
    with pytest.raises(ConfigError, match="cart_url"):
        load()


@pytest.mark.parametrize(
    ("key", "value"),
    [("SIP_REGISTER", "shop@provider"), ("SIP_REGISTER", "sip:provider"), ("SIP_TRUSTED", '["here"]')],
)
def test_an_account_or_a_network_that_is_none_is_named(key: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"ZHANGGUI_PHONE__{key}", value)
    with pytest.raises(ConfigError, match=f"phone.{key.lower()}"):
        load()
