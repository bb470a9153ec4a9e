"""Which weights of a CLIP are trained: the text tower (LiT), small matrices beside all layers (LoRA), or all.

LiT: Zhai et al. 2022, https://arxiv.org/abs/2111.07991. LoRA: Hu et al. 2021, https://arxiv.org/abs/2106.09685.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import torch

from core.errors import ConfigError

Way: TypeAlias = Literal["lit", "lora", "full"]

_RANK = 16


def prepare_way(model: Any, way: str) -> Any:
    """Return the model with the right weights set to be trained; raises `ConfigError` for an unknown way."""
    if way not in get_args(Way):
        raise ConfigError(f"{way!r} is no way to train; known are {', '.join(get_args(Way))}")
    model.requires_grad_(True)
    if way == "lit":
        model.lock_image_tower(freeze_bn_stats=True)
    if way != "lora":
        return model
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=_RANK, lora_alpha=_RANK, lora_dropout=0.0, target_modules=_layers(model))
    wrapped = get_peft_model(model, config)
    for name, weight in wrapped.named_parameters():
        if name.endswith("logit_scale"):
            weight.requires_grad_(True)
    return wrapped


def merged(model: Any, way: str) -> Any:
    """Return a model of the first shape, what was learned added into its weights."""
    return model.merge_and_unload() if way == "lora" else model


def learned_weights(model: Any) -> dict[str, torch.Tensor]:
    """Return the weights that are trained, by name: what a checkpoint keeps."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}


def _layers(model: Any) -> list[str]:
    """Return the layers that get small matrices: attention as a whole, else linear and convolutional ones."""
    chosen: list[str] = []
    for name, layer in model.named_modules():
        inside = any(name.startswith(f"{other}.") for other in chosen)
        is_plain = isinstance(layer, torch.nn.Linear) or (isinstance(layer, torch.nn.Conv2d) and layer.groups == 1)
        if not inside and (is_plain or isinstance(layer, torch.nn.MultiheadAttention)):
            chosen.append(name)
    return chosen
