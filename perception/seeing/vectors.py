"""Arithmetic on rows of vectors."""

from __future__ import annotations

import numpy as np

from core.ports import Vectors


def unit(rows: Vectors) -> Vectors:
    """Return the rows at length one (a row of zeros stays), float32 (n, dimension)."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-12), np.float32)


def fused(parts: list[tuple[float, Vectors]]) -> Vectors:
    """Join unit vectors so that an inner product is the weighted sum of the parts' inner products.

    The weights must sum to one; then the rows have length one too.
    """
    return np.concatenate([np.float32(np.sqrt(weight)) * rows for weight, rows in parts], axis=1)
