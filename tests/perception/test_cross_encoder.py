"""A cross-encoder of a few numbers, made here: it likes passages that share words with the question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from core import registry
from core.errors import BackendError, ModelMissingError
from core.knowledge.lexicon import load_lexicon
from core.knowledge.library import build_library
from core.knowledge.passages import of_page
from core.shop.records import Page

WORDS = ("[UNK]", "returns", "take", "thirty", "days", "open", "nine", "what", "hours", "are", "we", "the")
LIKED = {"open": 4.0, "nine": 3.0, "returns": -4.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model whose score is the sum of what it thinks of each word."""
    at = tmp_path_factory.mktemp("rerank")
    tokenizer = Tokenizer(models.WordLevel({word: key for key, word in enumerate(WORDS)}, unk_token=WORDS[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(at / "tokenizer.json"))
    _write(at / "model.onnx", "input_ids")
    return at


def _write(path: Path, first: str) -> None:
    weights = np.array([[LIKED.get(word, 0.0)] for word in WORDS], np.float32)
    ids, mask = (
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in (first, "attention_mask")
    )
    out = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 1])
    nodes = [
        helper.make_node("Gather", ["weights", first], ["each"]),
        helper.make_node("Cast", ["attention_mask"], ["seen"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["seen", "last"], ["seen3"]),
        helper.make_node("Mul", ["each", "seen3"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "along"], ["logits"], keepdims=0),
    ]
    constants = [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
        numpy_helper.from_array(np.array([1], np.int64), "along"),
    ]
    graph = helper.make_graph(nodes, "rerank", [ids, mask], [out], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))


async def test_each_text_is_judged_between_nothing_and_one(folder: Path) -> None:
    judge = registry.build("reranker", f"cross-encoder:{folder}", folder)
    low, none, high = await judge.rerank("what hours", ["returns take days", "the", "we open nine and nine"])
    assert 0 < low < 0.1 < none == 0.5 < 0.9 < high < 1
    assert await judge.rerank("what hours", ["we open nine and nine"]) == [pytest.approx(high)]
    assert await judge.rerank("what hours", []) == []


async def test_it_has_the_last_word_in_the_library(folder: Path) -> None:
    pages = [
        Page(
            id="returns",
            titles={"en": "What are the hours and days of returns"},
            bodies={"en": "Returns take thirty days."},
        ),
        Page(id="hours", titles={"en": "Hours"}, bodies={"en": "We open at nine."}),
    ]
    judge = registry.build("reranker", f"cross-encoder:{folder}", folder)
    passages = [of_page(page) for page in pages]
    plain = await build_library(passages, load_lexicon(), None)
    judged = await build_library(passages, load_lexicon(), None, reranker=judge)
    question = "what are the hours of returns"
    assert [hit.passage.id for hit in await plain.search(question)] == ["page:returns", "page:hours"]
    assert [hit.passage.id for hit in await judged.search(question)] == ["page:hours", "page:returns"]


def test_what_is_no_cross_encoder_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match=r"model\.onnx"):
        registry.build("reranker", f"cross-encoder:{tmp_path}", tmp_path)
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    _write(tmp_path / "model.onnx", "pixels")
    with pytest.raises(BackendError, match="pixels"):
        registry.build("reranker", f"cross-encoder:{tmp_path}", tmp_path)
