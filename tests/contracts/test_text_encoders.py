"""What every sentence encoder must do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from core import registry
from core.errors import BackendError, ModelMissingError
from core.ports import TextEncoder

SENTENCES = ["Where is my order?", "我的订单什么时候到？", "退货要多久？", "Do you sell blue kettles?"]


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a BERT of random weights with a tokeniser of single characters."""
    torch = pytest.importorskip("torch", reason="torch comes with the extra llm-transformers")
    transformers = pytest.importorskip("transformers", reason="transformers comes with the extra llm-transformers")
    folder = tmp_path_factory.mktemp("bert")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *(chr(at) for at in range(33, 127)),
        *"我的订单什么时候到退货要多久",
    ]
    words += [f"##{chr(at)}" for at in range(97, 123)]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(5)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    transformers.BertModel(transformers.BertConfig(vocab_size=len(words), **shape)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=["fake", "use", pytest.param("onnx", marks=pytest.mark.models), "transformers"])
def encoder(request: pytest.FixtureRequest, models: Path) -> TextEncoder:
    tiny = request.param == "transformers"
    spec = f"transformers:{request.getfixturevalue('tiny_bert')}" if tiny else request.param
    built: TextEncoder = registry.build("sentences", spec, models)
    return built


async def test_vectors_have_the_stated_shape_and_length_one(encoder: TextEncoder) -> None:
    vectors = await encoder.encode(SENTENCES)
    assert vectors.shape == (4, encoder.capabilities.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_a_sentence_has_the_same_vector_alone_in_a_batch_and_again(encoder: TextEncoder) -> None:
    together = await encoder.encode(SENTENCES)
    alone = np.concatenate([await encoder.encode([text]) for text in SENTENCES])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_array_equal(together, await encoder.encode(SENTENCES))


async def test_no_texts_give_no_vectors(encoder: TextEncoder) -> None:
    assert (await encoder.encode([])).shape == (0, encoder.capabilities.dimension)


@pytest.mark.parametrize("text", ["", "   ", "\x00\ufffd", "\ud83d", "😀" * 50, "x" * 100_000])
async def test_odd_texts_have_finite_vectors(encoder: TextEncoder, text: str) -> None:
    vectors = await encoder.encode([text, "hello"])
    assert np.isfinite(vectors).all()


async def test_callers_at_the_same_time_get_their_own_vectors(encoder: TextEncoder) -> None:
    expected = await encoder.encode(SENTENCES)
    answers = await asyncio.gather(*(encoder.encode([f"{n} {text}", text]) for n in range(5) for text in SENTENCES))
    for number, vectors in enumerate(answers):
        np.testing.assert_allclose(vectors[1], expected[number % 4], atol=1e-5)


async def test_letter_case_of_the_same_words_stays_nearer_than_other_words(encoder: TextEncoder) -> None:
    if type(encoder).__name__ == "TransformersEncoder":
        pytest.skip("random weights know no likeness")
    a, b, c = await encoder.encode(["Where is my order?", "where is my Order", "Do you sell blue kettles?"])
    assert a @ b > a @ c


async def test_the_real_encoder_brings_both_languages_together(tmp_path: Path) -> None:
    encoder = registry.build("sentences", "use", tmp_path)
    zh, en, other = await encoder.encode(["我想退货", "I want to return it", "The weather is nice today"])
    assert zh @ en > 2 * max(zh @ other, en @ other)


async def test_the_real_encoder_forgets_the_oldest_sentences(tmp_path: Path) -> None:
    encoder = registry.build("sentences", "use?remembered=2", tmp_path)
    first = await encoder.encode(["a cup"])
    await encoder.encode(["a pot", "a pan", "a lid"])
    assert len(encoder._memory) == 2
    np.testing.assert_allclose(await encoder.encode(["a cup"]), first, atol=1e-6)


def test_another_model_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="use-multilingual-v3, not 'use-large'"):
        registry.build("sentences", "use:use-large", tmp_path)


async def test_sentences_of_several_callers_share_a_batch(tiny_bert: Path, tmp_path: Path) -> None:
    encoder = registry.build("sentences", f"transformers:{tiny_bert}?batch=8&wait_ms=300", tmp_path)
    sizes: list[int] = []
    encoder.queue.observe = lambda ran: sizes.append(ran.size)
    await asyncio.gather(*(encoder.encode([text, "hello"]) for text in SENTENCES))
    assert sizes == [8]


def test_an_encoder_that_is_not_there_says_so(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="transformers comes with the extra llm-transformers")
    with pytest.raises(ModelMissingError, match="nothing-here"):
        registry.build("sentences", "transformers:nothing-here", tmp_path)
    with pytest.raises(BackendError, match="float99"):
        registry.build("sentences", "transformers:nothing-here?dtype=float99", tmp_path)
