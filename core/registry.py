"""A spec string becomes a backend: "piper:en_US-joe?speed=1.1".

The part before the colon names the backend, the part between colon and question mark is its model
(a name in the model list or a path), the rest are options. Built-ins are "module:factory" strings, so
that nothing is imported before it is built; others join through the entry point group "zhanggui.KIND".
A factory is called as `factory(model, models, **options)` with options converted to what its
annotations say.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints
from urllib.parse import parse_qsl

from core.errors import BackendError, ConfigError

BUILT_INS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "asr": {
            "faster-whisper": "perception.hearing.faster_whisper:build",
            "openai-whisper": "perception.hearing.openai_whisper:build",
            "openai": "perception.hearing.openai_endpoint:build",
            "fake": "perception.hearing.fake:build",
        },
        "vad": {
            "silero": "voice.activity.silero:build",
            "fake": "voice.activity.fake:build",
        },
        "turn": {
            "smart-turn": "voice.turn.smart_turn:build",
            "fake": "voice.turn.fake:build",
        },
        "tts": {
            "piper": "voice.synthesis.piper:build",
            "kokoro": "voice.synthesis.kokoro:build",
            "coqui": "voice.synthesis.coqui:build",
            "vits": "voice.synthesis.transformers_vits:build",
            "openai": "voice.synthesis.openai_endpoint:build",
            "fake": "voice.synthesis.fake:build",
        },
        "photos": {
            "efficientnet": "perception.seeing.efficientnet:build",
            "open-clip": "perception.seeing.open_clip:build",
            "chinese-clip": "perception.seeing.chinese_clip:build",
            "clip-onnx": "perception.seeing.clip_onnx:build",
            "fake": "perception.seeing.fake:build",
        },
        "screen": {
            "endpoint": "perception.screening.openai_endpoint:build",
            "clip": "perception.screening.zero_shot:build",
            "fake": "perception.screening.fake:build",
        },
        "ocr": {
            "rapidocr": "perception.lettering.rapid:build",
            "fake": "perception.lettering.fake:build",
        },
        "sentences": {
            "use": "perception.reading.use_multilingual:build",
            "onnx": "perception.reading.onnx_encoder:build",
            "transformers": "perception.reading.transformers_encoder:build",
            "fake": "perception.reading.fake:build",
        },
        "reranker": {
            "cross-encoder": "perception.reading.cross_encoder:build",
        },
        "language": {
            "openai": "perception.writing.openai_endpoint:build",
            "llama-cpp": "perception.writing.llama_cpp:build",
            "transformers": "perception.writing.transformers_model:build",
            "fake": "perception.writing.fake:build",
        },
    }
)
"""Kind -> name -> factory. A kind is also the key of the configuration's [backends] table."""

EXTRAS: Mapping[str, str] = MappingProxyType(
    {
        "whisper": "speech-whisper",
        "TTS": "speech-coqui",
        "open_clip": "photo-clip",
        "onnxscript": "photo-clip",
        "torch": "photo-clip",
        "torchaudio": "speech-coqui",
        "sklearn": "train",
        "pycrfsuite": "train",
        "openai": "llm",
        "xllamacpp": "llm-local",
        "transformers": "llm-transformers",
        "llguidance": "llm-transformers",
        "peft": "llm-transformers",
    }
)
"""Import name -> the extra of this project that installs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A parsed spec string."""

    name: str
    model: str
    options: Mapping[str, str]


def parse(text: str) -> Spec:
    """Split "name:model?key=value&key=value"; model and options may be missing."""
    rest, _, query = text.partition("?")
    name, _, model = rest.partition(":")
    if not name.strip():
        raise ConfigError(f"{text!r} names no backend; write it as name:model?option=value")
    return Spec(name=name.strip(), model=model.strip(), options=dict(parse_qsl(query, keep_blank_values=True)))


def names(kind: str) -> tuple[str, ...]:
    """Return the backends of a kind, built-in and installed."""
    found = {point.name for point in entry_points(group=f"zhanggui.{kind}")}
    return tuple(sorted(found | set(BUILT_INS.get(kind, {}))))


SECRETS: Mapping[str, str] = MappingProxyType({"api_key": "ZHANGGUI_MODEL__API_KEY"})
"""What factories are given beside the spec string, and never in it, with where it comes from."""


def build(kind: str, text: str, models: Path, **secrets: str) -> Any:
    """Build the backend of `kind` that the spec string names; `models` is the folder of model files.

    `secrets` (keys of `SECRETS`) go to a factory that takes them. Raises `BackendError` when the name is
    unknown (with the nearest known one) or its library is missing (with the extra to install), and
    `ConfigError` when an option is unknown or malformed.
    """
    spec = parse(text)
    factory = _factory(kind, spec.name)
    taken = {name: value for name, value in secrets.items() if name in inspect.signature(factory).parameters}
    try:
        return factory(spec.model, models, **_typed_options(kind, spec, factory), **taken)
    except ModuleNotFoundError as error:
        raise _missing_library(kind, spec, error) from error


def options(kind: str, text: str) -> Mapping[str, object]:
    """Return the options of a spec string, with the factory's own defaults for those that it does not set.

    Raises what `build` raises for a name, a library or an option, without loading a model.
    """
    spec = parse(text)
    factory = _factory(kind, spec.name)
    parameters = inspect.signature(factory).parameters.values()
    defaults = {one.name: one.default for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}
    return defaults | _typed_options(kind, spec, factory)


def _factory(kind: str, name: str) -> Callable[..., Any]:
    target = BUILT_INS.get(kind, {}).get(name)
    if target is None:
        for point in entry_points(group=f"zhanggui.{kind}"):
            if point.name == name:
                target = point.value
    if target is None:
        known = names(kind)
        near = get_close_matches(name, known, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise BackendError(f"no {kind} backend is called {name!r}{meant} (known: {', '.join(known)})")
    module, _, attribute = target.partition(":")
    try:
        factory: Callable[..., Any] = getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise _missing_library(kind, Spec(name=name, model="", options={}), error) from error
    return factory


def _missing_library(kind: str, spec: Spec, error: ModuleNotFoundError) -> BackendError:
    library = (error.name or "").partition(".")[0]
    extra = EXTRAS.get(library)
    how = f'pip install "zhanggui[{extra}]"' if extra else f"pip install {library}"
    return BackendError(
        f"the {kind} backend {spec.name!r} needs the library {library!r}, which is not installed: {how}"
    )


def _typed_options(kind: str, spec: Spec, factory: Callable[..., Any]) -> dict[str, object]:
    known = {
        name: parameter
        for name, parameter in inspect.signature(factory).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    hints = get_type_hints(factory)
    typed: dict[str, object] = {}
    for key, value in spec.options.items():
        if key in SECRETS:
            raise ConfigError(f"the {kind} backend {spec.name!r}: {key} is a secret; set {SECRETS[key]} instead")
        if key not in known:
            options = ", ".join(sorted(set(known) - set(SECRETS))) or "none"
            raise ConfigError(f"the {kind} backend {spec.name!r} has no option {key!r} (options: {options})")
        typed[key] = _convert(f"{kind} backend {spec.name!r}, option {key!r}", value, hints.get(key, str))
    return typed


def _convert(where: str, value: str, kind: type) -> object:
    if kind is bool:
        if value.lower() in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
            return value.lower() in {"1", "true", "yes", "on"}
        raise ConfigError(f"{where}: {value!r} is neither true nor false")
    if kind in (int, float):
        try:
            return kind(value)
        except ValueError as error:
            raise ConfigError(f"{where}: {value!r} is not a number ({kind.__name__})") from error
    return value
