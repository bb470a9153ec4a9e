"""Make the classifier from the written sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.ports import TextEncoder
from core.resilience import in_worker
from core.understand.classifier import Classifier, train
from core.understand.normalise import normalise
from core.understand.sentences import Intent

_BATCH = 64


async def trained(intents: Sequence[Intent], encoder: TextEncoder | None) -> Classifier:
    """Return a classifier trained on all sentences of the intents."""
    pairs = [(normalise(s), intent.name) for intent in intents for own in intent.sentences.values() for s in own]
    texts = [text for text, _ in pairs]
    vectors = None
    if encoder is not None:
        parts = [await encoder.encode(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
        vectors = np.vstack(parts)
    return await in_worker(train, texts, [label for _, label in pairs], vectors)
