"""Pictures and texts to vectors of one space with an exported CLIP: onnxruntime, no torch.

`zhanggui models export` writes the folder: pictures.onnx, texts.onnx, tokenizer.json, clip.json.
"""

from __future__ import annotations

import html
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cattrs
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from core.errors import ModelMissingError
from core.ports import Vectors
from perception.seeing.prepare import Prepare
from perception.seeing.towers import Tokens, Towers, towers

PICTURES, TEXTS, TOKENIZER, CONFIG = "pictures.onnx", "texts.onnx", "tokenizer.json", "clip.json"

_PLAIN = {0x3000: " ", **{0xFF01 + at: chr(0x21 + at) for at in range(94)}}
_PLAIN |= {ord(mark): "'" for mark in "‘’‚‛"} | {ord(mark): '"' for mark in "“”„‟"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxNet:
    """Both towers as `onnxruntime.InferenceSession`s, each with one input and one output."""

    picture_tower: Any
    text_tower: Any

    def pictures(self, pixels: NDArray[np.float32]) -> Vectors:
        """Return vectors, float32 (n, dimension)."""
        return np.asarray(self.picture_tower.run(None, {"pixels": pixels})[0])

    def texts(self, tokens: Tokens) -> Vectors:
        """Return vectors, float32 (n, dimension)."""
        return np.asarray(self.text_tower.run(None, {"tokens": tokens})[0])


@dataclass(frozen=True, slots=True)
class TextTokens:
    """Texts to tokens by the rules in tokenizer.json, which also pad and cut."""

    own: Tokenizer
    clean: bool
    """Whether marks are first made plain, as open_clip does: "（" is read as "(", "&amp;" as "&"."""

    def __call__(self, texts: list[str]) -> Tokens:
        """Return tokens, int64 (n, length)."""
        plain = [_plain(text) for text in texts] if self.clean else texts
        return np.array([read.ids for read in self.own.encode_batch(plain)], np.int64)


def build(model: str, models: Path, *, device: str = "cpu", threads: int = 2, batch: int = 16) -> Towers:
    """Load the folder `model`, by path or below `models`; "cuda" where onnxruntime-gpu is installed.

    Raises `ModelMissingError` when the folder is not whole.
    """
    folder = next((p for p in (Path(model).expanduser(), models / model) if model and (p / CONFIG).is_file()), None)
    if folder is None:
        raise ModelMissingError(
            f"{model!r} is no folder with {CONFIG} (looked in {models / model}). "
            f"Write one with: zhanggui models export SPEC {model or 'NAME'}"
        )
    try:
        told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        prepare = cattrs.structure(told["prepare"], Prepare)
        tokens = TextTokens(Tokenizer.from_file(str(folder / TOKENIZER)), clean=bool(told["clean"]))
        net = OnnxNet(
            picture_tower=_session(folder / PICTURES, device, threads),
            text_tower=_session(folder / TEXTS, device, threads),
        )
    except Exception as error:  # both libraries raise exceptions of their own for files that are missing or damaged
        raise ModelMissingError(f"{folder} is no whole exported CLIP ({error}); export it anew") from error
    return towers("clip-onnx", net, prepare, tokens, device=device, batch=batch)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", html.unescape(html.unescape(text.translate(_PLAIN))))


def _session(file: Path, device: str, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the cores to others
    providers = ["CUDAExecutionProvider"] if device == "cuda" else []
    return onnxruntime.InferenceSession(file, options, providers=[*providers, "CPUExecutionProvider"])
