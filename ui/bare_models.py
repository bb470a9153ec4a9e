"""What a user of each library would call without us, to be measured beside our way to the same model.

Where the library takes only prepared tensors (ONNX photos, sentences by transformers, Coqui), it is the computation
alone, one input at a time, without queue and worker.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.types import ChatMessage

_TOKENS = 32


def bare(model: Any) -> Callable[[Any], object] | None:
    """Return a call of a backend's own library that takes one input; None for a backend that is none of these."""
    ways: dict[str, Callable[[Any], Callable[[Any], object]]] = {
        "FasterWhisper": _faster_whisper,
        "OpenAIWhisper": _openai_whisper,
        "Towers": _towers,
        "EfficientNet": lambda model: lambda picture: model._encode([picture]),
        "TransformersEncoder": lambda model: lambda text: model.queue.run([text]),
        "UseMultilingual": lambda model: lambda text: model._model.encode([text]),
        "Coqui": lambda model: lambda text: model.queue.run([(text, "en", 1.0)]),
        "TransformersModel": _transformers,
    }
    way = ways.get(type(model).__name__)
    return way(model) if way else None


def _faster_whisper(model: Any) -> Callable[[Any], object]:
    from faster_whisper import WhisperModel

    plain = WhisperModel.__new__(WhisperModel)  # the same weights in memory, in the library's own class
    plain.__dict__.update(model.model.__dict__)

    def hear(speech: Any) -> object:
        segments, _ = plain.transcribe(speech, beam_size=model.beam, temperature=0.0, vad_filter=True)
        return list(segments)

    return hear


def _openai_whisper(model: Any) -> Callable[[Any], object]:
    import whisper

    ears = model.queue.run.__self__
    beams = ears.beam if ears.beam > 1 else None
    return lambda speech: whisper.transcribe(
        ears.model, np.asarray(speech, np.float32), beam_size=beams, temperature=0.0, fp16=ears.half
    )


def _towers(model: Any) -> Callable[[Any], object]:
    if not hasattr(model.net, "precision"):  # an exported one
        return lambda picture: model.net.pictures(model.prepare(picture)[None])
    import torch

    def look(picture: Any) -> object:
        pixels = torch.from_numpy(model.prepare(picture)[None]).to(model.device)
        with torch.inference_mode():
            return model.net.picture_tower(pixels).float().cpu().numpy()

    return look


def _transformers(model: Any) -> Callable[[Any], object]:
    import torch

    def answer(text: Any) -> object:
        messages = [{"role": "user", "content": ChatMessage(role="user", content=text).content}]
        prompt = model._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        given = model._tokenizer([prompt], return_tensors="pt").to(model.device)
        with torch.inference_mode():
            made = model._model.generate(**given, max_new_tokens=_TOKENS, do_sample=False)
        return model._tokenizer.decode(made[0])

    return answer
