"""A CTranslate2 Whisper model becomes a checkpoint for OpenAI's Whisper.

So the one download of the default recogniser also serves the PyTorch backend. Both formats hold the
same matrices; CTranslate2 joins the projections of an attention and names things its own way
(ctranslate2.specs.model_spec, ctranslate2.converters.transformers; whisper/model.py).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import ModelMissingError

Weights: TypeAlias = Mapping[str, NDArray[Any]]

_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)
"""CTranslate2's numbering of element types."""
_VERSION = 6

_RENAMED = (
    (r"/layer_(\d+)/", r".blocks.\1."),
    (r"^(encoder|decoder)/position_encodings/encodings", r"\1.positional_embedding"),
    (r"^decoder/embeddings/", "decoder.token_embedding."),
    (r"^encoder/layer_norm/", "encoder.ln_post."),
    (r"^decoder/layer_norm/", "decoder.ln."),
    (r"self_attention/layer_norm/", "attn_ln."),
    (r"attention/layer_norm/", "cross_attn_ln."),
    (r"ffn/layer_norm/", "mlp_ln."),
    (r"ffn/linear_0/", "mlp.0."),
    (r"ffn/linear_1/", "mlp.2."),
    (r"gamma$", "weight"),
    (r"beta$", "bias"),
    (r"/", "."),
)
_JOINED = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
}
"""CTranslate2's layer -> the layers that were joined in it, in order."""


def convert(folder: Path, target: Path) -> Path:
    """Write the checkpoint of the CTranslate2 model in `folder` to `target` and return `target`.

    Reads float16 and float32 models. Raises `ModelMissingError` when there is no readable model.bin.
    """
    source = folder / "model.bin"
    if not source.is_file():
        raise ModelMissingError(f"there is no model.bin in {folder}. Fetch one with: zhanggui models pull whisper-base")
    try:
        with source.open("rb") as file:
            weights = dict(_variables(file, source))
    except (struct.error, ValueError) as error:
        raise ModelMissingError(f"{source} is not whole: {error}. Run: zhanggui models verify") from error
    state = {name: torch.from_numpy(value.copy()) for name, value in _renamed(weights)}
    unfinished = target.with_suffix(".part")
    torch.save({"dims": _dims(weights), "model_state_dict": state}, unfinished)
    return unfinished.replace(target)


def _variables(file: BinaryIO, source: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    (version,) = _read(file, "<I")
    name = _name(file)
    if version != _VERSION or name != "WhisperSpec":
        raise ModelMissingError(f"{source} is a {name!r} of format {version}, not a WhisperSpec of format {_VERSION}")
    _, count = _read(file, "<II")
    for _ in range(count):
        name = _name(file)
        (rank,) = _read(file, "<B")
        shape = _read(file, f"<{rank}I")
        kind, size = _read(file, "<BI")
        if kind >= len(_TYPES):
            raise ModelMissingError(f"{source}: {name} has element type {kind}, which has no counterpart in numpy")
        yield name, np.frombuffer(file.read(size), dtype=_TYPES[kind]).reshape(shape)


def _read(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _name(file: BinaryIO) -> str:
    (length,) = _read(file, "<H")
    return file.read(length)[:-1].decode()


def _renamed(weights: Weights) -> Iterator[tuple[str, NDArray[Any]]]:
    for name, value in weights.items():
        if value.dtype not in (np.float16, np.float32) or not value.ndim:
            continue  # heads, flags and other settings, which are in the dimensions
        attention = re.fullmatch(r"(.*/)((?:self_)?attention/linear_\d)/(weight|bias)", name)
        if attention is None:
            yield _plain(name), value
            continue
        layers = _JOINED[attention[2]]
        for layer, part in zip(layers, np.split(value, len(layers)), strict=True):
            if not (layer.endswith(".key") and attention[3] == "bias"):  # Whisper's keys have no bias: these are zeros.
                yield _plain(attention[1] + layer + "." + attention[3]), part


def _plain(name: str) -> str:
    for pattern, replacement in _RENAMED:
        name = re.sub(pattern, replacement, name)
    return name


def _dims(weights: Weights) -> dict[str, int]:
    audio, text = (weights[f"{part}/position_encodings/encodings"] for part in ("encoder", "decoder"))
    return {
        "n_mels": weights["encoder/conv1/weight"].shape[1],
        "n_audio_ctx": audio.shape[0],
        "n_audio_state": audio.shape[1],
        "n_audio_head": int(weights["encoder/num_heads"]),
        "n_audio_layer": _layers(weights, "encoder"),
        "n_vocab": weights["decoder/embeddings/weight"].shape[0],
        "n_text_ctx": text.shape[0],
        "n_text_state": text.shape[1],
        "n_text_head": int(weights["decoder/num_heads"]),
        "n_text_layer": _layers(weights, "decoder"),
    }


def _layers(weights: Weights, part: str) -> int:
    found = (re.match(rf"{part}/layer_(\d+)/", name) for name in weights)
    return 1 + max(int(layer[1]) for layer in found if layer)
