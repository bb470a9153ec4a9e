"""The smart-turn network: has who paused finished? It hears intonation, in 23 languages, and knows no words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
from faster_whisper.feature_extractor import FeatureExtractor

from core.errors import MediaError
from core.models import locate
from core.ports import Capabilities, Pcm
from core.resilience import Lane

_RATE_HZ = 16_000
_WINDOW = 8 * _RATE_HZ
"""Samples that the network takes: the last eight seconds, silence before what is shorter."""
_FILE = "smart-turn-v3.2-cpu.onnx"


@dataclass(frozen=True, slots=True)
class SmartTurn:
    """Judge a pause by the sound before it; about 30 ms on one core.

    Its input is what Whisper's encoder takes: the waveform at zero mean and unit variance, then 80 log-mel
    bands, 100 a second (https://huggingface.co/pipecat-ai/smart-turn-v3).
    """

    network: onnxruntime.InferenceSession
    extractor: FeatureExtractor = field(default_factory=lambda: FeatureExtractor(chunk_length=8))
    lane: Lane = field(default_factory=Lane)

    @property
    def capabilities(self) -> Capabilities:
        """Say 16 kHz."""
        return Capabilities(languages=("*",), sample_rate=_RATE_HZ, limit="hears the last 8 s")

    async def finished(self, speech: Pcm) -> float:
        """Return the probability that `speech` is a finished turn; see `core.call_ports.TurnDetector`.

        Raises `MediaError` when `speech` is not finite or not one-dimensional.
        """
        if speech.ndim != 1 or not np.isfinite(speech).all():
            raise MediaError("damaged", "speech is one-dimensional and finite")
        return await self.lane.run(self._finished, speech)

    def _finished(self, speech: Pcm) -> float:
        heard = speech[-_WINDOW:].astype(np.float32)
        heard = np.pad(heard, (_WINDOW - heard.size, 0))
        heard = (heard - heard.mean()) / np.sqrt(heard.var() + 1e-7)
        features = self.extractor(heard, padding=0).astype(np.float32)
        probability = self.network.run(None, {"input_features": features[np.newaxis]})[0]
        return float(probability[0, 0])


def build(model: str, models: Path) -> SmartTurn:
    """Load the network from the folder of `model`; raise `ModelMissingError` where it is not."""
    folder = locate(model or "smart-turn-v3.2", models, _FILE)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return SmartTurn(onnxruntime.InferenceSession(str(folder / _FILE), options, providers=["CPUExecutionProvider"]))
