"""Where the models run, what they weigh, and whether the GPU holds them."""

from __future__ import annotations

from collections.abc import Iterator

from core.config import Settings
from core.errors import BackendError
from ui.doctor import Finding, State
from ui.placing import Place, gpu, places, room


def check(settings: Settings) -> Iterator[Finding]:
    """Yield each model with device, type, weights and budget, and the GPU where one is wanted."""
    found = list(places(settings))
    for place in found:
        state = State.MISSING if place.fault and settings.serving.strict else State.OK
        state = State.WARNING if place.fault and state is State.OK else state
        yield Finding(name=place.key, state=state, detail=_told(place), remedy=place.fault)
    if any(place.on_gpu for place in found):
        yield _gpu(found)


def _told(place: Place) -> str:
    told = [place.spec.partition("?")[0], place.device, place.dtype]
    if place.weights is not None:
        told.append(f"weights {place.weights / 2**30:.2f} GiB")
    if place.budget is not None:
        told.append(f"may take {place.budget / 2**30:.1f} GiB")
    elif place.on_gpu:
        told.append("no budget in serving.memory_gb: PyTorch is held to nothing")
    return ", ".join(filter(None, told))


def _gpu(found: list[Place]) -> Finding:
    try:
        device = gpu()
    except BackendError as error:
        return Finding(name="gpu", state=State.MISSING, detail="unknown", remedy=str(error))
    if device is None:
        remedy = "check nvidia-smi and the driver, or use --profile cpu"
        return Finding(name="gpu", state=State.MISSING, detail="torch finds no CUDA device", remedy=remedy)
    wanted = sum(place.budget or 0 for place in found)
    if wanted > device.free:
        remedy = "lower serving.memory_gb, take smaller models, or free the GPU"
        return Finding(name="gpu", state=State.MISSING, detail=room(wanted, device), remedy=remedy)
    return Finding(name="gpu", state=State.OK, detail=room(wanted, device))
