"""What `zhanggui train photos` has learned, kept for the encoder that it was learned with."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissingError
from core.ports import ImageEncoder, Vectors
from perception.seeing.calibrate import Calibration
from perception.seeing.finder import Finder
from perception.seeing.head import Head
from perception.seeing.index import save_arrays

_SAME = 0.9999
"""Cosine from which on two vectors of the test picture come from the same encoder."""


def learned_file(data: Path, encoder: ImageEncoder) -> Path:
    """Return where in the data folder it is kept for this encoder."""
    return data / "learned" / f"photos-{type(encoder).__name__.lower()}-{encoder.capabilities.dimension or 0}.npz"


def save_learned(file: Path, probe: Vectors, finder: Finder, gains: Mapping[str, float] | None = None) -> None:
    """Write head and calibration; a reader sees the old ones or the new ones, never half.

    `probe` is the encoder's vector of the test picture, `gains` what `read_gains` is to return.
    """
    head, calibration = finder.head, finder.calibration
    gains = gains or {}
    save_arrays(
        file,
        probe=probe,
        centre=head.centre,
        whitening=head.whitening,
        weights=head.weights,
        known=np.array(calibration.known),
        bounds=np.array([calibration.temperature, calibration.unknown_below, calibration.match_from]),
        lessons=np.array(list(gains), np.str_),
        gains=np.array(list(gains.values()), np.float64),
    )


def read_learned(file: Path, probe: Vectors, finder: Finder) -> Finder | None:
    """Return the finder with what was learned for its encoder; None where that is nothing.

    Raises `ModelMissingError` when the file is damaged or of a version with other marks: a shop that has trained shall
    not fall back silently.
    """
    saved = _saved(file, probe)
    if saved is None:
        return None
    try:
        temperature, unknown_below, match_from = (float(one) for one in saved["bounds"])
        calibration = Calibration(
            temperature=temperature,
            known=tuple(saved["known"].tolist()),
            unknown_below=unknown_below,
            match_from=match_from,
        )
        head = Head(centre=saved["centre"], whitening=saved["whitening"], weights=saved["weights"])
    except (ValueError, KeyError) as error:
        raise _damaged(file, error) from error
    if head.weights.shape != finder.head.weights.shape:
        raise ModelMissingError(f"{file} was learned by another version. Learn anew with: zhanggui train photos")
    return replace(finder, head=head, calibration=calibration)


def read_gains(file: Path, probe: Vectors) -> dict[str, float] | None:
    """Return which photos it was learned from, and what each gained by it when its product was left out.

    Empty where the file does not tell, None where nothing was learned for this encoder. Raises `ModelMissingError` when
    it is damaged.
    """
    saved = _saved(file, probe)
    if saved is None:
        return None
    if "gains" not in saved:
        return {}  # of a version that did not tell
    return dict(zip(saved["lessons"].tolist(), saved["gains"].tolist(), strict=False))


def _saved(file: Path, probe: Vectors) -> dict[str, NDArray[Any]] | None:
    if not file.is_file():
        return None
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as saved:
            if saved["probe"].shape != probe.shape or float((saved["probe"] * probe).sum()) < _SAME:
                return None
            return dict(saved)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged(file, error) from error


def _damaged(file: Path, error: Exception) -> ModelMissingError:
    return ModelMissingError(f"{file} is damaged ({error}). Delete it, or learn anew with: zhanggui train photos")
