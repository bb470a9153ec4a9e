"""What `zhanggui train photos` has learned, kept for the encoder that it was learned with."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

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


def save_learned(file: Path, probe: Vectors, finder: Finder) -> None:
    """Write head and calibration; a reader sees the old ones or the new ones, never half.

    `probe` is the encoder's vector of the test picture.
    """
    head, calibration = finder.head, finder.calibration
    save_arrays(
        file,
        probe=probe,
        centre=head.centre,
        whitening=head.whitening,
        weights=head.weights,
        known=np.array(calibration.known),
        bounds=np.array([calibration.temperature, calibration.unknown_below, calibration.match_from]),
    )


def read_learned(file: Path, probe: Vectors, finder: Finder) -> Finder | None:
    """Return the finder with what was learned for its encoder; None where that is nothing.

    Raises `ModelMissingError` when the file is damaged or of a version with other marks: a shop that has trained shall
    not fall back silently.
    """
    if not file.is_file():
        return None
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as saved:
            if saved["probe"].shape != probe.shape or float((saved["probe"] * probe).sum()) < _SAME:
                return None
            temperature, unknown_below, match_from = (float(one) for one in saved["bounds"])
            calibration = Calibration(
                temperature=temperature,
                known=tuple(saved["known"].tolist()),
                unknown_below=unknown_below,
                match_from=match_from,
            )
            head = Head(centre=saved["centre"], whitening=saved["whitening"], weights=saved["weights"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelMissingError(
            f"{file} is damaged ({error}). Delete it, or learn anew with: zhanggui train photos"
        ) from error
    if head.weights.shape != finder.head.weights.shape:
        raise ModelMissingError(f"{file} was learned by another version. Learn anew with: zhanggui train photos")
    return replace(finder, head=head, calibration=calibration)
