"""A VITS network cut in two, so that its sound can be made bit by bit.

VITS (Kim et al. 2021, arXiv:2106.06103) turns phonemes into a sequence of hidden frames and decodes
those with HiFi-GAN. The decoder takes most of the time and looks only a dozen frames to each side, so
that decoding window by window gives the same samples and the first of them much earlier.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx.utils import Extractor

from core.ports import Pcm
from voice.synthesis.network import open_network

_FIRST_WEIGHT = "dec.conv_pre.weight"
"""Every Piper export keeps the parameter's name; its convolution is where the decoder begins."""
_WINDOWS = (32, 96, 240)
"""Frames decoded at a time: 0.37, 1.1 and then 2.8 s at 22.05 kHz and 256 samples a frame."""
_REACH = 14
"""Frames to each side that a sample depends on, 11 by kernel sizes, and some to spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vits:
    """Phoneme numbers to sound."""

    encoder: onnxruntime.InferenceSession
    """Phonemes to frames; the whole network where it cannot be cut."""
    decoder: onnxruntime.InferenceSession | None
    """Frames to samples."""
    speaker: int
    """Which voice, for networks with several."""

    def say(self, numbers: Sequence[int], scales: tuple[float, float, float]) -> Iterator[Pcm]:
        """Yield float32 samples of shape (n,); `scales` are noise, length and rhythm."""
        asked: dict[str, NDArray[np.generic]] = {
            "input": np.array([numbers], dtype=np.int64),
            "input_lengths": np.array([len(numbers)], dtype=np.int64),
            "scales": np.array(scales, dtype=np.float32),
        }
        if any(wanted.name == "sid" for wanted in self.encoder.get_inputs()):
            asked["sid"] = np.array([self.speaker], dtype=np.int64)
        made = self.encoder.run(None, asked)[0]
        if self.decoder is None:
            yield made.reshape(-1)
        else:
            yield from self._decoded(self.decoder, made)

    def _decoded(self, decoder: onnxruntime.InferenceSession, frames: NDArray[np.float32]) -> Iterator[Pcm]:
        name = decoder.get_inputs()[0].name
        start, count = 0, frames.shape[2]
        windows = iter(_WINDOWS)
        size = 0
        while start < count:
            size = next(windows, size)
            stop = min(count, start + size)
            left, right = max(0, start - _REACH), min(count, stop + _REACH)
            samples = decoder.run(None, {name: frames[:, :, left:right]})[0].reshape(-1)
            hop = samples.size // (right - left)
            yield samples[(start - left) * hop : (stop - left) * hop]
            start = stop


def open_vits(file: Path, speaker: int) -> Vits:
    """Load a Piper voice and cut it before its decoder.

    One with several speakers is left whole: its decoder also listens to the speaker's embedding.
    """
    model = onnx.load(file)
    seam = next((node.input[0] for node in model.graph.node if _FIRST_WEIGHT in node.input), None)
    inputs = [wanted.name for wanted in model.graph.input]
    if seam is None or "sid" in inputs:
        return Vits(encoder=open_network(file), decoder=None, speaker=speaker)
    cut = Extractor(model)
    return Vits(
        encoder=open_network(cut.extract_model(inputs, [seam]).SerializeToString()),
        decoder=open_network(cut.extract_model([seam], [model.graph.output[0].name]).SerializeToString()),
        speaker=speaker,
    )
