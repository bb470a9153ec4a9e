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
    model = VitsModel(
        VitsConfig(
            vocab_size=len(letters),
            hidden_size=32,
            num_hidden_layers=1,
            ffn_dim=32,
            flow_size=32,
            spectrogram_bins=33,
            upsample_initial_channel=32,
            prior_encoder_num_flows=1,
            prior_encoder_num_wavenet_layers=1,
            posterior_encoder_num_wavenet_layers=1,
            use_stochastic_duration_prediction=False,
        )
    )
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "conv_post" in name:
                weight.mul_(50)  # untrained, its voice is a whisper
            if name == "duration_predictor.proj.bias":
                weight.fill_(1.5)  # and it hurries
    model.save_pretrained(folder)
