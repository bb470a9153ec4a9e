"""Where each configured model runs, what its weights weigh, and whether the GPU holds them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core import registry
from core.config import Settings
from core.errors import BackendError, ZhangguiError

_GIB = 2**30
_WEIGHTS = (".safetensors", ".pt", ".pth", ".bin", ".onnx", ".npz", ".gguf")
"""In the order in which a library takes them where a folder holds several kinds."""
_ROOM = 1.2
"""What a loaded model takes over its weights at least: the arithmetic's own memory."""
_ASIDE = 0.95
"""Share of the GPU's memory that all models may take; the rest is for CUDA itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """The first CUDA device."""

    name: str
    free: int
    """Bytes."""
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one model runs."""

    key: str
    """Of [backends], or "model 1", "see 1" and so on."""
    spec: str
    device: str
    dtype: str
    weights: int | None
    """Bytes of its files; None where they are not here or the library brings its own."""
    budget: int | None
    """Bytes of the GPU that it may take; None on a CPU, or without a key in serving.memory_gb."""
    fault: str = ""
    """What keeps it from running here, and what to do."""

    @property
    def on_gpu(self) -> bool:
        """Return whether it takes of the GPU's memory."""
        return self.device.startswith("cuda")


def gpu() -> Gpu | None:
    """Return the GPU that torch finds; None where there is none. Raises `BackendError` without torch."""
    try:
        import torch
    except ModuleNotFoundError as error:
        raise BackendError('models on a GPU need the library torch: pip install "zhanggui[gpu]"') from error
    if not torch.cuda.is_available():
        return None
    free, total = torch.cuda.mem_get_info()
    return Gpu(name=torch.cuda.get_device_name(), free=free, total=total)


def places(settings: Settings) -> Iterator[Place]:
    """Yield where the models of the configuration run."""
    specs = [(key, key.partition("_")[0], spec) for key, spec in settings.backends if spec]
    for key, models in (("model", settings.model.backends), ("see", settings.model.see)):
        specs += [(f"{key} {number}", "language", spec) for number, spec in enumerate(models, start=1)]
    for key, kind, spec in specs:
        try:
            options = registry.options(kind, spec)
        except ZhangguiError as error:
            yield Place(key=key, spec=spec, device="?", dtype="", weights=None, budget=None, fault=str(error))
            continue
        device = str(options.get("device") or _own_device(kind, spec))
        budget = settings.serving.memory_gb.get(key.partition(" ")[0])
        place = Place(
            key=key,
            spec=spec,
            device=device,
            dtype=str(options.get("dtype") or options.get("compute") or ""),
            weights=_weights(spec, settings.models.folder.expanduser()),
            budget=round(budget * _GIB) if budget and device.startswith("cuda") else None,
        )
        yield _checked(place, settings.models.folder) if place.on_gpu else place


def take_places(settings: Settings) -> None:
    """Keep this process to the memory that the models may take of the GPU, where each of them has a budget.

    One without would take its memory from the others' sum. Raises `BackendError` with everything that keeps a model
    from running: no GPU, no library, no weights, no room.
    """
    taken = list(places(settings))
    faults = [f"  {place.key} = {place.spec!r}: {place.fault}" for place in taken if place.fault]
    wanted = sum(place.budget or 0 for place in taken)
    device = gpu() if wanted and not faults else None
    if device is not None and wanted > device.free * _ASIDE:
        faults.append(f"  {room(wanted, device)}; lower serving.memory_gb, take smaller models, or free the GPU")
    if faults:
        raise BackendError("\n".join(["the configured models cannot all run here:", *faults]))
    if device is not None and all(place.budget for place in taken if place.on_gpu):
        import torch

        torch.cuda.set_per_process_memory_fraction(min(1.0, wanted / device.total))


def room(wanted: int, device: Gpu) -> str:
    """Return in words what the models may take of the GPU."""
    of_free = f"{device.free / _GIB:.1f} of {device.total / _GIB:.1f} GiB are free"
    return f"the models may take {wanted / _GIB:.1f} GiB and {device.name} has {of_free}"


def _checked(place: Place, models: Path) -> Place:
    name, least = registry.parse(place.spec).model, (place.weights or 0) * _ROOM
    if gpu() is None:
        return replace(place, fault="torch finds no CUDA device; check nvidia-smi and the driver, or use --profile cpu")
    if place.weights is None and "/" not in name and "weights=" not in place.spec:
        return replace(
            place, fault=f"its weights are not in {models / name}; docs/serving.md says where they come from"
        )
    if place.budget is not None and least > place.budget:
        needs = f"its weights take {least / _GIB:.1f} GiB with room to work"
        return replace(place, fault=f"{needs}, serving.memory_gb gives it {place.budget / _GIB:.1f}")
    return place


def _own_device(kind: str, spec: str) -> str:
    """Return where a backend without the option runs."""
    if (kind, registry.parse(spec).name) == ("language", "openai"):
        return "endpoint"
    if (kind, registry.parse(spec).name) == ("language", "transformers"):
        return "cuda" if gpu() is not None else "cpu"
    return "cpu"


def _weights(spec: str, models: Path) -> int | None:
    """Return the size of the weight files that a spec names, bytes."""
    parsed = registry.parse(spec)
    for named in (parsed.options.get("weights", ""), parsed.model):
        for path in (Path(named).expanduser(), models / named) if named else ():
            if path.is_file():
                return path.stat().st_size
            for suffix in _WEIGHTS if path.is_dir() else ():
                if sizes := [file.stat().st_size for file in path.glob(f"*{suffix}")]:
                    return sum(sizes)
    return None
