"""Kernel ridge regression whose answers to unseen texts come in closed form.

With the inverse of the kernel matrix at hand, the prediction for each row by a model that was trained on all
others costs nothing more (Rifkin & Lippert, "Notes on Regularized Least Squares", 2007). So probabilities and
thresholds are fitted on texts the model has not seen, without a second data set.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.linalg.blas import ssymm

Matrix = NDArray[np.float32]

_NARROW = 3.0
"""exp(3 (cosine - 1)): a neighbour at cosine 0.5 counts a fifth. Chosen on leave-one-out accuracy and on how
well held-out intents are told from the others; 2 to 4 differ by less than half a percent."""
_RIDGE = 0.1
_NEIGHBOURS = 5
_BLOCK = 1000


def likeness(some: Sequence[Matrix], others: Sequence[Matrix]) -> Matrix:
    """Return the mean over all views of the Gaussian kernel between rows of unit length, shape (some, others)."""
    total = np.zeros((len(some[0]), len(others[0])), np.float32)
    for one, other in zip(some, others, strict=True):
        near = one @ other.T
        near -= 1
        near *= _NARROW
        total += np.exp(near, out=near)
    total /= len(some)
    return total


def nearness(kernel: Matrix, *, own: bool = False) -> Matrix:
    """Return each row's likeness to its nearest and, on average, its five nearest neighbours, shape (rows, 2).

    `own`: the columns are the rows themselves, which are no neighbours of their own.
    """
    found = np.empty((len(kernel), 2), np.float32)
    few = min(_NEIGHBOURS, kernel.shape[1] - own)
    for start in range(0, len(kernel), _BLOCK):
        block = kernel[start : start + _BLOCK].copy()
        if own:
            block[np.arange(len(block)), np.arange(start, start + len(block))] = -1
        nearest = np.partition(block, -few, axis=1)[:, -few:]
        found[start : start + _BLOCK] = np.stack([nearest.max(axis=1), nearest.mean(axis=1)], axis=1)
    return found


def solve(kernel: Matrix, classes: NDArray[np.int64], count: int) -> tuple[Matrix, Matrix]:
    """Return the dual weights, shape (rows, count), and what each row would get from all the others.

    Rare classes weigh as much as common ones. `kernel` is overwritten: at 15,000 rows it is a gigabyte.
    """
    sizes = np.bincount(classes, minlength=count)
    kernel[np.diag_indices(len(kernel))] += _RIDGE * (sizes / sizes.mean())[classes].astype(np.float32)
    targets = np.eye(count, dtype=np.float32)[classes] - np.float32(1 / count)
    # The transpose of a symmetric matrix in C order is itself in Fortran order, which LAPACK takes without a copy.
    factor, failed = lapack.spotrf(kernel.T, lower=1, overwrite_a=1, clean=0)
    if failed:
        raise ArithmeticError("the kernel matrix is not positive definite")
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    dual = ssymm(1.0, inverse, np.asfortranarray(targets), lower=1)
    return np.asarray(dual, np.float32), np.asarray(targets - dual / np.diag(inverse)[:, None], np.float32)
