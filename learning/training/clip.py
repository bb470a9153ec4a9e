"""Contrastive training of a CLIP on a catalogue: pictures against texts, and pictures against themselves.

Radford et al. 2021, https://arxiv.org/abs/2103.00020; pictures of one variant are each other's positives as in
Khosla et al. 2020, https://arxiv.org/abs/2004.11362. A large batch is computed in parts as in Gao et al. 2021,
https://arxiv.org/abs/2101.06983: first all vectors, then their gradients, then part by part those of the weights,
so that all of the batch are each other's negatives whatever the memory holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.nn import functional

from core.errors import ConfigError
from learning.training.clip_batches import Shown, batch_of, text_of
from learning.training.clip_ways import learned_weights

Look: TypeAlias = Callable[[Shown, int], torch.Tensor]
"""One picture as a customer might have taken it, drawn by a number, ready for the net (3, side, side)."""
Tokenize: TypeAlias = Callable[[list[str]], torch.Tensor]
Told: TypeAlias = Callable[[int, int, float], None]
"""Called with (steps done, of all, loss)."""

_WARM_UP = 0.1
"""Of the steps, in which the rate rises."""
_LARGEST_SCALE = math.log(100)
_KEEP_EVERY = 50
"""Steps after which a checkpoint is written."""
_PICTURES_TEMPERATURE = 0.1
"""Of the part of the loss that compares pictures with pictures."""
_PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How it is trained; a checkpoint of another recipe is not gone on with."""

    way: str = "lora"
    steps: int = 300
    batch: int = 64
    """Pictures that are told apart in one step."""
    part: int = 32
    """Of them, computed at once: what the memory holds."""
    rate: float = 1e-4
    decay: float = 0.05
    dtype: str = "fp32"
    """Of the arithmetic on CUDA, and "bf16" on CPU; the weights stay float32."""
    seed: int = 7

    def __post_init__(self) -> None:
        """Raise `ConfigError` for what cannot be trained with."""
        if self.dtype not in _PRECISIONS:
            raise ConfigError(f"dtype {self.dtype!r} is none of {', '.join(_PRECISIONS)}")
        if self.steps < 1 or self.batch < 2 or self.part < 1 or not 0 < self.rate < 1:
            raise ConfigError("training needs steps and part of 1 or more, a batch of 2 or more and a rate in (0, 1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainer:
    """One run: a model that `prepare_way` made ready, with its pictures."""

    model: Any
    train: Sequence[Shown]
    look: Look
    tokenize: Tokenize
    recipe: Recipe
    device: str
    checkpoint: Path

    def run(self, told: Told) -> None:
        """Train to the end, from the checkpoint where there is one of this recipe; it is removed at the end.

        Raises `ConfigError` when the loss is no number any more, which a lower rate mends.
        """
        model = self.model.to(self.device).train()
        for layer in model.modules():
            if isinstance(layer, torch.nn.modules.batchnorm._BatchNorm):
                layer.eval()  # its statistics are of far more pictures than a shop has
        optimizer = torch.optim.AdamW(self._groups(), lr=self.recipe.rate, betas=(0.9, 0.98), eps=1e-6)
        scaler = torch.amp.GradScaler(enabled=self.device != "cpu" and self.recipe.dtype == "fp16")
        for step in range(self._resumed(optimizer, scaler), self.recipe.steps):
            for group in optimizer.param_groups:
                group["lr"] = self._rate(step)
            loss = self._step(step, optimizer, scaler)
            if not math.isfinite(loss):
                raise ConfigError(
                    f"the loss is {loss} at step {step + 1}: begin anew with a rate below {self.recipe.rate}"
                )
            told(step + 1, self.recipe.steps, loss)
            if (step + 1) % _KEEP_EVERY == 0 and step + 1 < self.recipe.steps:
                self._keep(step + 1, optimizer, scaler)
        self.checkpoint.unlink(missing_ok=True)
        model.eval()

    def _step(self, step: int, optimizer: torch.optim.Optimizer, scaler: torch.amp.GradScaler) -> float:
        shown = batch_of(self.train, step, self.recipe.batch, self.recipe.seed)
        inputs = self._inputs(shown, step)
        with torch.no_grad():
            vectors = [torch.cat([self._vectors(kind, part) for part in parts]) for kind, parts in inputs]
        leaves = [one.detach().requires_grad_() for one in vectors]
        loss = _loss(leaves, self.model.logit_scale.exp(), shown)
        optimizer.zero_grad()
        torch.autograd.backward(scaler.scale(loss))
        for (kind, parts), leaf in zip(inputs, leaves, strict=True):
            wanted = iter(torch.split(leaf.grad, self.recipe.part) if leaf.grad is not None else ())
            for part, gradient in zip(parts, wanted, strict=False):
                again = self._vectors(kind, part)
                if again.requires_grad:
                    torch.autograd.backward(again, gradient)
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(list(learned_weights(self.model).values()), 1.0)
        scaler.step(optimizer)
        scaler.update()
        with torch.no_grad():
            self.model.logit_scale.clamp_(0, _LARGEST_SCALE)
        return float(loss.detach())

    def _inputs(self, shown: Sequence[Shown], step: int) -> list[tuple[str, list[torch.Tensor]]]:
        """Return two looks at every picture, and a text for it, each in parts."""
        seed = self.recipe.seed
        numbers = np.random.default_rng((seed, step)).integers(2**32, size=(2, len(shown))).tolist()
        with ThreadPoolExecutor() as pool:
            looks = [torch.stack(list(pool.map(self.look, shown, of_take))) for of_take in numbers]
        tokens = self.tokenize([text_of(one, step, at, seed) for at, one in enumerate(shown)])
        kinds = [("picture", looks[0]), ("picture", looks[1]), ("text", tokens)]
        return [(kind, list(torch.split(values.to(self.device), self.recipe.part))) for kind, values in kinds]

    def _vectors(self, kind: str, inputs: torch.Tensor) -> torch.Tensor:
        with self._arithmetic():
            encode = self.model.encode_image if kind == "picture" else self.model.encode_text
            vectors: torch.Tensor = encode(inputs)
        return functional.normalize(vectors.float(), dim=-1)

    def _arithmetic(self) -> AbstractContextManager[Any]:
        precision = _PRECISIONS[self.recipe.dtype]
        if precision is torch.float32 or (self.device == "cpu" and precision is torch.float16):
            return nullcontext()
        return torch.autocast(self.device.partition(":")[0], dtype=precision)

    def _groups(self) -> list[dict[str, object]]:
        """Return the weights; gains and biases do not decay."""
        weights = learned_weights(self.model).values()
        return [
            {"params": [one for one in weights if one.ndim > 1], "weight_decay": self.recipe.decay},
            {"params": [one for one in weights if one.ndim <= 1], "weight_decay": 0.0},
        ]

    def _rate(self, step: int) -> float:
        rising = max(1, int(_WARM_UP * self.recipe.steps))
        if step < rising:
            return self.recipe.rate * (step + 1) / rising
        return self.recipe.rate * 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, self.recipe.steps - rising)))

    def _keep(self, done: int, optimizer: torch.optim.Optimizer, scaler: torch.amp.GradScaler) -> None:
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.checkpoint.with_suffix(".part")
        state = {
            "of": self._fingerprint(),
            "done": done,
            "weights": learned_weights(self.model),
            "optimizer": optimizer.state_dict(),
            "scaler": scaler.state_dict(),
        }
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)

    def _resumed(self, optimizer: torch.optim.Optimizer, scaler: torch.amp.GradScaler) -> int:
        """Return the step to go on from: 0 without a checkpoint of this recipe and these pictures."""
        if not self.checkpoint.is_file():
            return 0
        try:
            state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        except Exception:  # whatever unpickling raises for a damaged file; it costs the steps, nothing else
            return 0
        if state["of"] != self._fingerprint():
            return 0
        with torch.no_grad():
            for name, weight in learned_weights(self.model).items():
                weight.copy_(state["weights"][name])
        optimizer.load_state_dict(state["optimizer"])
        scaler.load_state_dict(state["scaler"])
        return int(state["done"])

    def _fingerprint(self) -> str:
        pictures = [(str(one.file), one.variant, one.texts) for one in self.train]
        shapes = [(name, tuple(weight.shape)) for name, weight in learned_weights(self.model).items()]
        return f"{self.recipe} {pictures} {shapes}"


def _loss(vectors: Sequence[torch.Tensor], scale: torch.Tensor, shown: Sequence[Shown]) -> torch.Tensor:
    """Return the loss of both looks against the texts, and of one look against the other."""
    one, other, texts = vectors
    same = torch.tensor([[a.variant == b.variant for b in shown] for a in shown], device=one.device)
    against_texts = _apart(scale * one @ texts.T, same) + _apart(scale * other @ texts.T, same)
    return against_texts / 2 + _apart(one @ other.T / _PICTURES_TEMPERATURE, same)


def _apart(scores: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
    """Return the cross entropy both ways, the probability shared by all that are the same."""
    share = same.float() / same.float().sum(dim=1, keepdim=True)
    return (functional.cross_entropy(scores, share) + functional.cross_entropy(scores.T, share)) / 2
