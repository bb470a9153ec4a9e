"""A CLIP of open_clip or transformers, written as ONNX graphs that run without torch (extra: photo-clip)."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE

from core.errors import BackendError
from core.ports import ImageEncoder, Vectors
from perception.seeing import clip_onnx
from perception.seeing.clip_onnx import CONFIG, PICTURES, TEXTS, TOKENIZER, TextTokens
from perception.seeing.torch_net import TorchNet
from perception.seeing.towers import Towers
from perception.seeing.vectors import unit

_TEXTS = [
    "a red hoodie, size XL",
    "红色连帽衫（加绒）",
    "  KETTLE\t1.7L &  200 g's  ",
    "",
    "naïve café 😀 …",
    "x " * 300,
]
"""Letters of both languages, spaces, cases, marks, nothing, and too much: what tokenisers differ on."""
_NEAR = 0.9995
"""Cosine that an exported vector has with its original at least; float32 leaves 1 - 1e-6."""
_LARGEST_BYTES = 1_800_000_000
"""Weights beyond which a graph does not fit one protobuf file and keeps them in one beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written, and how near it comes to the original."""

    folder: Path
    size_bytes: int
    pictures: float
    """Least cosine between an exported and an original vector."""
    texts: float


def export(encoder: ImageEncoder, folder: Path, *, made_from: str) -> Exported:
    """Write both towers, the tokeniser and the preparation to `folder`, once they make the same vectors.

    `made_from` is told in clip.json. An older folder is replaced in one step. Raises `BackendError` when
    the encoder is none of torch's, its tokeniser cannot be written, or the vectors differ; nothing is
    written then.
    """
    if not isinstance(encoder, Towers) or not isinstance(encoder.net, TorchNet):
        raise BackendError(f"{made_from} is computed by no torch; export an open-clip or chinese-clip encoder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as unfinished:
        part = Path(unfinished) / "clip"
        part.mkdir()
        _written(encoder, encoder.net, part, made_from)
        exported = clip_onnx.build(str(part), part)
        pictures, texts = _pictures_near(encoder, exported), _texts_near(encoder, exported)
        if min(pictures, texts) < _NEAR:
            raise BackendError(
                f"the exported {made_from} makes other vectors (cosine {pictures:.4f} of pictures, {texts:.4f} of "
                "texts); nothing was written"
            )
        del exported  # its files are about to move
        size = sum(file.stat().st_size for file in part.iterdir())
        if folder.exists():
            shutil.move(folder, Path(unfinished) / "old")
        part.rename(folder)
    return Exported(folder=folder, size_bytes=size, pictures=pictures, texts=texts)


def _written(encoder: Towers, net: TorchNet, part: Path, made_from: str) -> None:
    side = encoder.prepare.side
    tokens = torch.from_numpy(encoder.tokenize(["a cup", "杯子"]))
    pixels = torch.zeros(2, 3, side, side)
    _graph(net.picture_tower, pixels.to(net.device), "pixels", part / PICTURES)
    _graph(net.text_tower, tokens.to(net.device), "tokens", part / TEXTS)
    read = _tokenizer(encoder, tokens.shape[1], made_from)
    read.own.save(str(part / TOKENIZER))
    told = {"made_from": made_from, "clean": read.clean, "prepare": asdict(encoder.prepare)}
    (part / CONFIG).write_text(json.dumps(told, indent=1), encoding="utf-8")


def _graph(tower: torch.nn.Module, inputs: torch.Tensor, name: str, file: Path) -> None:
    if find_spec("onnxscript") is None:
        raise BackendError(
            'export needs the library onnxscript, which is not installed: pip install "zhanggui[photo-clip]"'
        )
    size = sum(weight.numel() * weight.element_size() for weight in tower.parameters())
    with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter warns of its own libraries' future
        torch.onnx.export(
            tower.eval(),
            (inputs,),
            file,
            dynamo=True,
            verbose=False,
            external_data=size > _LARGEST_BYTES,
            input_names=[name],
            output_names=["vectors"],
            dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),
        )


def _tokenizer(encoder: Towers, length: int, made_from: str) -> TextTokens:
    """Return the tokeniser as rules of the library `tokenizers`; it is compared with the original."""
    own: Any = getattr(encoder.tokenize, "own", None)
    inner = getattr(own, "tokenizer", own)
    if hasattr(inner, "bpe_ranks"):
        rules = _byte_pairs(inner)
        padding = 0
    elif hasattr(inner, "backend_tokenizer"):
        rules = Tokenizer.from_str(inner.backend_tokenizer.to_str())
        padding = inner.pad_token_id or 0
    else:
        raise BackendError(f"the tokeniser of {made_from} ({type(inner).__name__}) cannot be exported")
    clean = getattr(getattr(own, "clean_fn", None), "__name__", "")
    rules.normalizer = normalizers.Sequence([*_cleaning(clean), *([rules.normalizer] if rules.normalizer else [])])
    rules.enable_truncation(length)
    rules.enable_padding(length=length, pad_id=padding)
    read = TextTokens(rules, clean=bool(clean))
    if not np.array_equal(read(_TEXTS), encoder.tokenize(_TEXTS)):
        raise BackendError(f"the tokeniser of {made_from} ({type(inner).__name__}) cannot be exported exactly")
    return read


def _byte_pairs(own: Any) -> Tokenizer:
    """Return open_clip's own tokeniser, that of the first CLIP."""
    begin, end = "<start_of_text>", "<end_of_text>"
    rules = Tokenizer(BPE(vocab=own.encoder, merges=list(own.bpe_ranks), end_of_word_suffix="</w>"))
    words = Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")
    rules.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(words, behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    rules.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, own.encoder[begin]), (end, own.encoder[end])]
    )
    return rules


def _cleaning(name: str) -> list[Any]:
    """Return what open_clip does to a text first, by the name of its function."""
    spaces = [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    if name.endswith("_lower"):
        return [*spaces, normalizers.Lowercase()]
    if name.endswith("_canonicalize"):
        marks = normalizers.Replace(Regex(r"[!-/:-@\[-^`{-~]"), "")
        return [normalizers.Replace("_", " "), marks, normalizers.Lowercase(), *spaces]
    return spaces if name else []


def _pictures_near(one: Towers, other: Towers) -> float:
    draw = np.random.default_rng(7)
    sizes = ((40, 60), (300, 200), (224, 224))
    pictures = [draw.integers(0, 256, (*size, 3), np.uint8) for size in sizes]
    pixels = np.stack([one.prepare(picture) for picture in pictures])
    return _least(one.net.pictures(pixels), other.net.pictures(pixels))


def _texts_near(one: Towers, other: Towers) -> float:
    tokens = one.tokenize(_TEXTS)
    return _least(one.net.texts(tokens), other.net.texts(tokens))


def _least(one: Vectors, other: Vectors) -> float:
    return float((unit(one) * unit(other)).sum(axis=1).min())
