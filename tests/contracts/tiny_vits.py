"""A Coqui VITS checkpoint with random weights, small enough for a test to make."""

from __future__ import annotations

from pathlib import Path

import torch
from TTS.tts.configs.shared_configs import CharactersConfig
from TTS.tts.configs.vits_config import VitsConfig
from TTS.tts.models.vits import Vits, VitsArgs


def save_tiny_vits(folder: Path) -> None:
    """Write config.json and model.pth, as Coqui's trainer lays them out."""
    config = VitsConfig(
        model_args=VitsArgs(
            hidden_channels=32,
            hidden_channels_ffn_text_encoder=32,
            num_layers_text_encoder=1,
            num_layers_posterior_encoder=1,
            num_layers_flow=1,
            upsample_initial_channel_decoder=32,
        ),
        use_phonemes=False,
        text_cleaner="basic_cleaners",
        characters=CharactersConfig(
            characters_class="TTS.tts.models.vits.VitsCharacters",
            pad="_",
            eos="",
            bos="",
            blank="<BLNK>",
            characters="abcdefghijklmnopqrstuvwxyz",
            punctuations="!',.? ",
            phonemes="",
        ),
    )
    torch.manual_seed(7)
    weights = Vits(config).state_dict()
    for name, weight in weights.items():
        if "conv_post" in name:
            weight.mul_(50)  # untrained, its voice is a whisper
    torch.save({"model": weights}, folder / "model.pth")
    config.save_json(str(folder / "config.json"))
