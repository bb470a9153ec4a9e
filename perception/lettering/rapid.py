"""Read the text in pictures with RapidOCR, whose package brings its models (PP-OCRv6, Chinese and English)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.errors import BackendError
from core.ports import Capabilities, Picture
from core.resilience import Lane
from core.sights import Region
from core.types import SeenText
from perception.seeing.pixels import checked, resized

_SIDE = 2000
"""Pixels of the longer side of which the letters are cut out; what is larger is shrunk."""
_SMALL = 480
"""Pixels of the longer side below which a picture is doubled, since its letters are too small to be found."""
_SURE = 0.6
"""Confidence of a line below which it is left out: patterns of fabric and foliage read as letters."""
_PARTS = {"Det": "*_det_*.onnx", "Cls": "*_cls_*.onnx", "Rec": "*_rec_*.onnx"}


@dataclass(frozen=True, kw_only=True)
class RapidReader:
    """Read lines of Chinese and English on CPU, one picture at a time."""

    folder: Path
    """Where the three models lie."""
    threads: int
    side: int
    """Pixels of the longer side on which lines are looked for."""
    _lane: Lane = field(default_factory=Lane)

    @property
    def capabilities(self) -> Capabilities:
        """Say the languages."""
        return Capabilities(languages=("zh", "en"), limit=f"lines are looked for on {self.side} pixels a side")

    async def read(self, picture: Picture, *, attachment_id: str) -> tuple[SeenText, ...]:
        """Return the lines in reading order; empty where nothing is written.

        Raises `MediaError` when the picture is not uint8 RGB.
        """
        return await self._lane.run(self._read, checked(picture), attachment_id)

    def _read(self, picture: Picture, attachment_id: str) -> tuple[SeenText, ...]:
        if max(picture.shape[:2]) < _SMALL:
            picture = resized(picture, 2 * picture.shape[1], 2 * picture.shape[0])
        height, width = picture.shape[:2]
        found = self._engine(np.ascontiguousarray(picture[:, :, ::-1]))
        if not found:
            return ()
        corners = np.clip(np.asarray(found.boxes) / (width, height), 0.0, 1.0)
        return tuple(
            SeenText(
                attachment_id=attachment_id,
                text=" ".join(text.split()),
                confidence=round(float(score), 3),
                region=_around(box),
            )
            for text, score, box in zip(found.txts, found.scores, corners, strict=True)
        )

    @cached_property
    def _engine(self) -> Any:
        """Load the models with the first picture; the sessions are ours, so that nothing is ever downloaded."""
        from omegaconf import flag_override
        from rapidocr import RapidOCR

        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        engine = RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.max_side_len": _SIDE,
                "Global.text_score": _SURE,
                "Det.limit_type": "max",
                "Det.limit_side_len": self.side,
            }
        )
        with flag_override(engine.cfg, "allow_objects", True):
            for part, path in _models(self.folder):
                engine.cfg[part].session = _session(path, self.threads)
        return engine


def _around(corners: NDArray[np.float64]) -> Region:
    left, top = corners.min(axis=0).tolist()
    right, bottom = corners.max(axis=0).tolist()
    return (left, top, right, bottom)


def _models(folder: Path) -> Iterator[tuple[str, Path]]:
    for part, pattern in _PARTS.items():
        found = sorted(folder.glob(pattern))
        if len(found) != 1:
            raise BackendError(
                f"the ocr backend 'rapidocr' expects one file {pattern} in {folder}; "
                "install it anew: pip install --force-reinstall rapidocr"
            )
        yield part, found[0]


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the cores free
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def build(model: str, models: Path, *, threads: int = 2, side: int = 960) -> RapidReader:
    """Find the models in the package, or in the folder `model`; they are loaded with the first picture.

    Raises `BackendError` when they are not there, and `ModuleNotFoundError` without the library.
    """
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("No module named 'rapidocr'", name="rapidocr")
    folder = Path(model).expanduser() if model else Path(package.origin).parent / "models"
    list(_models(folder))
    return RapidReader(folder=folder, threads=threads, side=side)
