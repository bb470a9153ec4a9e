"""Read the tensors of a PyTorch checkpoint without PyTorch, and without running what it holds."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissingError

_MAGIC = 0x1950A86A20F9469CFC6C
"""The first pickle of the format that torch.save wrote before version 1.6."""

_DTYPES = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Storage:
    key: str
    dtype: np.dtype[np.generic]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def read_tensors(file: Path) -> dict[str, NDArray[np.generic]]:
    """Return the tensors of a state dict saved by `torch.save` in its legacy (not zip) format.

    Only tensors, ordered dicts and plain values can come out: the unpickler knows four names and
    refuses every other, so a hostile file can raise, never run. Raises `ModelMissingError` when the
    file is something else or ends early.
    """
    try:
        with file.open("rb") as stream:
            tensors, storages = _read(stream)
        return {name: _array(tensor, storages) for name, tensor in tensors.items() if isinstance(tensor, _Tensor)}
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelMissingError(
            f"{file} is not a whole PyTorch checkpoint in the legacy format ({error}). "
            "Fetch it again with: zhanggui models pull --force"
        ) from error


def _read(stream: BinaryIO) -> tuple[Mapping[str, object], dict[str, NDArray[np.generic]]]:
    if _Plain(stream).load() != _MAGIC:
        raise ValueError("its first number is another")
    _Plain(stream).load()  # protocol version
    _Plain(stream).load()  # byte order and sizes of the machine that wrote it: little-endian in practice
    names = _Plain(stream)
    tensors = names.load()
    if not isinstance(tensors, Mapping):
        raise ValueError("it holds no state dict")
    storages: dict[str, NDArray[np.generic]] = {}
    for key in _Plain(stream).load():
        dtype = names.dtypes[key]
        count = int.from_bytes(stream.read(8), "little", signed=True)
        data = stream.read(count * dtype.itemsize)
        storages[key] = np.frombuffer(data, dtype=dtype, count=count)
    return tensors, storages


def _array(tensor: _Tensor, storages: Mapping[str, NDArray[np.generic]]) -> NDArray[np.generic]:
    flat = storages[tensor.storage.key][tensor.offset :]
    last = sum((size - 1) * step for size, step in zip(tensor.shape, tensor.stride, strict=True))
    if min((*tensor.shape, *tensor.stride, 0)) < 0 or last >= flat.size:
        raise ValueError("a tensor reaches beyond its storage")
    strides = tuple(step * flat.itemsize for step in tensor.stride)
    return np.lib.stride_tricks.as_strided(flat, tensor.shape, strides, writeable=False).copy()


class _Plain(pickle.Unpickler):
    """An unpickler that knows tensors and nothing else."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self.dtypes: dict[str, np.dtype[np.generic]] = {}

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is no tensor")

    def persistent_load(self, pid: object) -> _Storage:
        if not isinstance(pid, tuple) or len(pid) < 3 or pid[0] != "storage":
            raise pickle.UnpicklingError("it refers to something that is no storage")
        _, dtype, key = pid[:3]
        self.dtypes[str(key)] = dtype
        return _Storage(key=str(key), dtype=dtype)


def _rebuild(storage: _Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object) -> _Tensor:
    return _Tensor(storage=storage, offset=offset, shape=shape, stride=stride)
