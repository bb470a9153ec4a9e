from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from core.journal.store import Store
from core.knowledge.remembered import RememberingEncoder
from core.ports import Capabilities, Vectors


class Counting:
    """Vectors by length of text, and how many texts were asked for."""

    capabilities = Capabilities(dimension=2)

    def __init__(self) -> None:
        self.asked = 0

    async def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        made = np.asarray([(len(text), 1.0) for text in texts], dtype=np.float32)
        return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "zhanggui.db")
    yield opened
    opened.close()


async def test_a_sentence_is_encoded_once(store: Store) -> None:
    inner, seen = Counting(), list[tuple[int, int]]()
    encoder = RememberingEncoder(encoder=inner, name="a", store=store, progress=lambda now, of: seen.append((now, of)))
    first = await encoder.encode(["one", "three", "one"])
    again = await encoder.encode(["three", "one", "four"])
    assert inner.asked == 3 and seen == [(2, 2), (1, 1)]
    assert np.allclose(first[0], again[1]) and np.allclose(
        first, await inner.encode(["one", "three", "one"]), atol=1e-3
    )
    assert np.allclose(np.linalg.norm(again, axis=1), 1.0, atol=1e-6)


async def test_another_encoder_remembers_for_itself(store: Store) -> None:
    inner = Counting()
    for name in ("a", "b"):
        await RememberingEncoder(encoder=inner, name=name, store=store).encode(["one"])
    assert inner.asked == 2


async def test_more_sentences_than_one_query_holds(store: Store) -> None:
    inner = Counting()
    texts = [f"sentence {n}" for n in range(1200)]
    encoder = RememberingEncoder(encoder=inner, name="a", store=store)
    assert (await encoder.encode(texts)).shape == (1200, 2)
    await encoder.encode(texts)
    assert inner.asked == 1200
