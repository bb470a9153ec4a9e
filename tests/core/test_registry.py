"""Spec strings become backends, and every mistake in one says what was meant."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from core import registry
from core.errors import BackendError, ConfigError

MODELS = Path("models")


def build_echo(
    model: str, models: Path, *, speed: float = 1.0, beams: int = 5, warm: bool = False, voice: str = "a"
) -> tuple[object, ...]:
    return (model, models, speed, beams, warm, voice)


def build_unlucky(model: str, models: Path) -> object:
    import open_clipper_that_nobody_has  # type: ignore[import-not-found]

    return open_clipper_that_nobody_has


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register this file's factories as speech synthesis backends."""
    module = ModuleType("echo_backends")
    module.build = build_echo  # type: ignore[attr-defined]
    module.build_unlucky = build_unlucky  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "echo_backends", module)
    points = {
        "echo": "echo_backends:build",
        "unlucky": "echo_backends:build_unlucky",
        "absent": "whisper.that_nobody_has:build",
    }

    def entry_points(*, group: str) -> tuple[EntryPoint, ...]:
        return tuple(EntryPoint(name, target, group) for name, target in points.items() if group == "zhanggui.tts")

    monkeypatch.setattr(registry, "entry_points", entry_points)


@pytest.mark.parametrize(
    ("text", "name", "model", "options"),
    [
        ("use", "use", "", {}),
        ("piper:en_US-joe", "piper", "en_US-joe", {}),
        ("piper:en_US-joe?speed=1.1&voice=", "piper", "en_US-joe", {"speed": "1.1", "voice": ""}),
        ("fake?dimension=4", "fake", "", {"dimension": "4"}),
        ("piper:/a/b:c.onnx", "piper", "/a/b:c.onnx", {}),
    ],
)
def test_a_spec_string_is_split(text: str, name: str, model: str, options: dict[str, str]) -> None:
    spec = registry.parse(text)
    assert (spec.name, spec.model, dict(spec.options)) == (name, model, options)


@pytest.mark.parametrize("text", ["", ":model", "?a=b", "  "])
def test_a_spec_string_without_a_backend_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="names no backend"):
        registry.parse(text)


def test_an_unknown_name_says_what_was_meant() -> None:
    with pytest.raises(BackendError, match="no asr backend is called 'faster-wisper'; did you mean 'faster-whisper'"):
        registry.build("asr", "faster-wisper:base", MODELS)


@pytest.mark.usefixtures("echo")
def test_a_third_party_joins_through_an_entry_point() -> None:
    assert "echo" in registry.names("tts")
    assert registry.build("tts", "echo:some-model", MODELS)[:2] == ("some-model", MODELS)


@pytest.mark.usefixtures("echo")
def test_options_become_what_the_factory_says() -> None:
    built = registry.build("tts", "echo:m?speed=1.5&beams=2&warm=yes&voice=jf", MODELS)
    assert built == ("m", MODELS, 1.5, 2, True, "jf")


@pytest.mark.usefixtures("echo")
def test_an_unknown_option_lists_the_options() -> None:
    with pytest.raises(ConfigError, match=r"'echo' has no option 'sped' \(options: beams, speed, voice, warm\)"):
        registry.build("tts", "echo:m?sped=2", MODELS)


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize(("option", "said"), [("beams=2.5", "2.5"), ("speed=fast", "fast"), ("warm=maybe", "maybe")])
def test_a_malformed_option_names_the_option_and_the_value(option: str, said: str) -> None:
    with pytest.raises(ConfigError, match=f"option '{option.partition('=')[0]}': '{said}' is n"):
        registry.build("tts", f"echo:m?{option}", MODELS)


@pytest.mark.usefixtures("echo")
def test_a_missing_library_is_named() -> None:
    with pytest.raises(BackendError, match="needs the library 'open_clipper_that_nobody_has', which is not installed"):
        registry.build("tts", "unlucky", MODELS)


@pytest.mark.parametrize(("library", "extra"), [("open_clip", "photo-clip"), ("whisper", "speech-whisper")])
def test_a_missing_library_of_an_extra_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, library: str, extra: str
) -> None:
    def import_module(_: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named {library!r}", name=f"{library}.model")

    monkeypatch.setattr(registry, "import_module", import_module)
    with pytest.raises(BackendError) as caught:
        registry.build("photos", "open-clip:x", MODELS)
    assert f'pip install "zhanggui[{extra}]"' in str(caught.value)


def test_every_extra_named_in_an_error_exists() -> None:
    from importlib.metadata import metadata

    assert set(registry.EXTRAS.values()) <= set(metadata("zhanggui").get_all("Provides-Extra") or ())
