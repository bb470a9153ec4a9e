"""A VITS of transformers with random weights, as `save_pretrained` lays it out."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from transformers import VitsConfig, VitsModel, VitsTokenizer


def save_tiny_transformers_vits(folder: Path) -> None:
    """Write config.json, vocab.json and the weights."""
    letters = ["<pad>", *"abcdefghijklmnopqrstuvwxyz' -"]
    vocabulary = folder / "letters.json"
    vocabulary.write_text(json.dumps({letter: at for at, letter in enumerate(letters)}), encoding="utf-8")
    VitsTokenizer(str(vocabulary), phonemize=False, unk_token="<pad>").save_pretrained(folder)
    torch.manual_seed(7)
    widths = dict.fromkeys(("hidden_size", "ffn_dim", "flow_size", "upsample_initial_channel"), 32)
    encoders = [f"{encoder}_encoder_num_wavenet_layers" for encoder in ("prior", "posterior")]
    depths = dict.fromkeys(("num_hidden_layers", "prior_encoder_num_flows", *encoders), 1)
    sizes = {"vocab_size": len(letters), "spectrogram_bins": 33, **widths, **depths}
    model = VitsModel(VitsConfig(use_stochastic_duration_prediction=False, **sizes))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "conv_post" in name:
                weight.mul_(50)  # untrained, its voice is a whisper
            if name == "duration_predictor.proj.bias":
                weight.fill_(1.5)  # and it hurries
    model.save_pretrained(folder)
