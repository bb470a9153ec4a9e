"""What every language model must do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import registry
from core.batching import Ran
from core.errors import BackendError, ConfigError, ModelError, ModelMissingError
from core.ports import LanguageModel
from core.types import ChatMessage

SMALL = "smollm2-135m-instruct-q4"
SCHEMA = {
    "type": "object",
    "properties": {"fruit": {"enum": ["apple", "pear"]}, "ripe": {"type": "boolean"}},
    "required": ["fruit", "ripe"],
    "additionalProperties": False,
}
PROMPT = (
    ChatMessage(role="system", content="You are a shop's clerk. Answer in one short sentence."),
    ChatMessage(role="user", content="Name a fruit."),
)


@pytest.fixture(scope="module")
def served(models: Path) -> Iterator[str]:
    """Serve the small model with llama.cpp's own HTTP server, and return its address."""
    llama = pytest.importorskip("xllamacpp", reason="xllamacpp comes with the extra llm-local")
    settings = llama.CommonParams()
    settings.model.path = str(next((models / SMALL).glob("*.gguf")))
    settings.n_ctx, settings.n_parallel, settings.verbosity, settings.warmup = 4096, 2, -1, False
    settings.port = 0
    server = llama.Server(settings)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture(scope="module")
def _one_thread() -> Iterator[None]:
    """Keep torch to one thread: two wait for each other spinning, and beside other work take ten times as long."""
    torch = pytest.importorskip("torch", reason="torch comes with the extra llm-transformers")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(
    scope="module",
    params=[
        "fake",
        pytest.param(f"llama-cpp:{SMALL}", marks=pytest.mark.models),
        pytest.param(f"transformers:{SMALL}", marks=pytest.mark.models),
        pytest.param("openai:small", marks=[pytest.mark.models, pytest.mark.peer]),
    ],
)
def model(request: pytest.FixtureRequest) -> LanguageModel:
    spec = request.param
    if spec.startswith("openai"):
        spec = f"{spec}?base_url={request.getfixturevalue('served')}"
    if spec.startswith("transformers"):
        pytest.importorskip("llguidance", reason="llguidance comes with the extra llm-transformers")
        request.getfixturevalue("_one_thread")
        spec = f"{spec}?device=cpu"
    built: LanguageModel = registry.build("language", spec, request.getfixturevalue("models"))
    return built


async def answer(model: LanguageModel, *messages: ChatMessage, **options: Any) -> tuple[str, list[str], Any]:
    pieces, usage = [], None
    async for chunk in model.generate(messages or PROMPT, **{"deadline_s": 100, **options}):
        pieces.append(chunk.text)
        usage = chunk.usage or usage
    return "".join(pieces), pieces, usage


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_an_answer_comes_in_pieces_with_what_it_cost(model: LanguageModel) -> None:
    text, pieces, usage = await answer(model, max_tokens=24)
    assert text.strip() and sum(map(bool, pieces)) > 1
    assert usage.prompt > 5 and 0 < usage.completion <= 24
    assert model.capabilities.context and model.capabilities.context >= 2048


async def test_an_answer_by_schema_fits_it(model: LanguageModel) -> None:
    text, _, _ = await answer(model, schema=SCHEMA, max_tokens=60)
    said = json.loads(text)
    assert set(said) == {"fruit", "ripe"} and said["fruit"] in ("apple", "pear") and isinstance(said["ripe"], bool)


async def test_prompts_at_once_are_not_mixed(model: LanguageModel) -> None:
    questions = ("Write a short poem about the sea.", "Greet me.", "Python code that prints hello")
    asked = [ChatMessage(role="user", content=question) for question in questions]
    together = await asyncio.gather(*(answer(model, one, max_tokens=12) for one in asked))
    alone = [await answer(model, one, max_tokens=12) for one in asked]
    assert len({text[:4] for text, _, _ in alone}) == len(questions)
    # A batch rounds otherwise than one prompt alone, so that an answer may end otherwise; it begins the same.
    assert [text[:4] for text, _, _ in together] == [text[:4] for text, _, _ in alone]


async def test_who_stops_listening_leaves_the_model_to_others(model: LanguageModel) -> None:
    for _ in range(6):  # more than may be answered at once
        chunks = model.generate(PROMPT, max_tokens=1500, deadline_s=100)  # the first may have to load it
        first = await anext(chunks)  # type: ignore[call-overload]
        await chunks.aclose()  # type: ignore[attr-defined]
        assert first.text
    async with asyncio.timeout(30):  # six answers of 1500 tokens would take minutes
        text, _, _ = await answer(model, max_tokens=4)
    assert text


async def test_a_prompt_longer_than_the_window_is_refused_in_words(model: LanguageModel) -> None:
    if type(model).__name__ == "ScriptedModel":
        pytest.skip("the fake reads any length")
    long = ChatMessage(role="user", content="a very long question indeed " * 4000)
    with pytest.raises(ModelError) as told:
        await answer(model, long, max_tokens=8)
    assert told.value.code == "too_long"


@pytest.mark.parametrize(
    ("spec", "kind", "words"),
    [
        ("openai:gpt", ConfigError, "base_url"),
        ("openai:gpt?base_url=ftp://x", BackendError, "http"),
        ("openai:gpt?base_url=http://x/v1&structured=magic", ConfigError, "schema, tool, json, prompt"),
        ("openai:gpt?base_url=http://x/v1&api_key=abc", ConfigError, "ZHANGGUI_MODEL__API_KEY"),
        ("llama-cpp:nothing-here", ModelMissingError, "models pull nothing-here"),
        ("transformers:nothing-here", ModelMissingError, "models pull nothing-here"),
        ("transformers:nothing-here?dtype=float99&device=cpu", BackendError, "dtype"),
    ],
)
def test_a_wrong_spec_is_told(spec: str, kind: type[Exception], words: str, tmp_path: Path) -> None:
    with pytest.raises(kind, match=words):
        registry.build("language", spec, tmp_path)


@pytest.fixture(scope="module")
def small(_one_thread: None, models: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the small model unpacked, which loads in a moment; GGUF weights are unpacked anew each time."""
    pytest.importorskip("llguidance", reason="llguidance comes with the extra llm-transformers")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    file, folder = next((models / SMALL).glob("*.gguf")), tmp_path_factory.mktemp("small")
    AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name).save_pretrained(folder)
    unpacked = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name)
    unpacked.hf_quantizer = None
    del unpacked.config.quantization_config
    unpacked.save_pretrained(folder)
    return f"transformers:{folder}?device=cpu"


@pytest.mark.models
async def test_a_static_cache_answers_as_a_growing_one_does(small: str, models: Path) -> None:
    spec = f"{small}&context=256&batch=4&wait_ms=200"
    grows, static = (registry.build("language", spec + more, models) for more in ("", "&static=true"))
    asked = [ChatMessage(role="user", content=text) for text in ("Greet me.", "Name a fruit.", "Say 1, 2, 3.")]
    said = [await asyncio.gather(*(answer(one, text, max_tokens=8) for text in asked)) for one in (grows, static)]
    assert [text for text, _, _ in said[0]] == [text for text, _, _ in said[1]]
    assert static._model._previous_max_cache_length == 255  # one shape for any prompt, the window less the last token


@pytest.mark.models
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")  # peft 0.21 reads it
async def test_an_adapter_of_lora_weights_changes_what_the_model_says(small: str, models: Path, tmp_path: Path) -> None:
    peft = pytest.importorskip("peft", reason="peft comes with the extra llm-transformers")
    import torch
    from transformers import AutoModelForCausalLM

    shape = peft.LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    torch.manual_seed(1)
    bare = AutoModelForCausalLM.from_pretrained(small.partition(":")[2].partition("?")[0])
    peft.get_peft_model(bare, shape).save_pretrained(tmp_path / "lora")
    plain, adapted = (
        registry.build("language", small + more, models) for more in ("", f"&adapter={tmp_path / 'lora'}")
    )
    assert (await answer(plain, max_tokens=12))[0] != (await answer(adapted, max_tokens=12))[0]


@pytest.mark.models
async def test_prompts_that_memory_does_not_hold_together_are_answered_in_halves(
    small: str, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    model = registry.build("language", f"{small}&batch=4&wait_ms=300", models)
    await answer(model, max_tokens=2)  # loads it
    generate, sizes = model._model.generate, []

    def narrow(*, input_ids: Any, **options: Any) -> Any:
        sizes.append(len(input_ids))
        if len(input_ids) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB")
        return generate(input_ids=input_ids, **options)

    monkeypatch.setattr(model._model, "generate", narrow)
    said = await asyncio.gather(*(answer(model, max_tokens=6) for _ in range(4)))
    assert len({text for text, _, _ in said}) == 1 and said[0][0]
    assert sizes == [4, 2, 1, 1, 1, 1]
    assert model.queue.fits == 1


@pytest.mark.models
async def test_a_deadline_ends_the_answer_with_its_code_and_frees_the_model(small: str, models: Path) -> None:
    model = registry.build("language", small, models)
    await answer(model, max_tokens=2)
    with pytest.raises(ModelError) as told:
        await answer(model, max_tokens=2000, deadline_s=0.3)
    assert told.value.code == "timeout"
    async with asyncio.timeout(10):
        assert (await answer(model, max_tokens=2))[0]


@pytest.mark.models
async def test_a_prompt_that_fails_leaves_the_others_of_its_batch_their_answers(small: str, models: Path) -> None:
    model = registry.build("language", f"{small}&batch=4&wait_ms=300", models)
    spoilt, fine = await asyncio.gather(
        answer(model, schema={"type": "no such type"}, max_tokens=6),
        answer(model, max_tokens=6),
        return_exceptions=True,
    )
    assert isinstance(spoilt, ModelError) and spoilt.code == "refused"
    assert not isinstance(fine, BaseException) and fine[0] and fine[2].completion == 6


@pytest.mark.models
async def test_a_short_answer_is_whole_before_a_longer_one_of_its_batch(small: str, models: Path) -> None:
    model = registry.build("language", f"{small}&batch=4&wait_ms=300", models)
    batches: list[Ran] = []
    model.queue.observe = batches.append
    poem = ChatMessage(role="user", content="Write a long poem about the sea.")
    long = asyncio.create_task(answer(model, poem, max_tokens=120))
    _, _, usage = await answer(model, max_tokens=2)
    assert usage.completion == 2 and batches == []  # the batch is not over yet
    assert (await long)[2].completion > 20


@pytest.mark.models
@pytest.mark.parametrize("temperature", [0, 5])
async def test_an_answer_that_memory_broke_off_goes_on_as_it_began_or_is_cut_off(
    small: str, models: Path, monkeypatch: pytest.MonkeyPatch, temperature: float
) -> None:
    import torch

    model = registry.build("language", f"{small}&batch=2&wait_ms=300&temperature={temperature}", models)
    alone, _, _ = await answer(model, max_tokens=10)
    generate = model._model.generate

    def narrow(*, input_ids: Any, stopping_criteria: list[Any], **options: Any) -> Any:
        width = input_ids.shape[1]

        def full(ids: Any, scores: Any, **_: Any) -> Any:
            if len(ids) > 1 and ids.shape[1] == width + 6:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB")
            return torch.zeros(len(ids), dtype=torch.bool)

        return generate(input_ids=input_ids, stopping_criteria=[*stopping_criteria, full], **options)

    monkeypatch.setattr(model._model, "generate", narrow)
    said = await asyncio.gather(*(answer(model, max_tokens=10) for _ in range(2)), return_exceptions=True)
    assert model.queue.fits == 1  # memory did run out
    if temperature:
        assert [one.code for one in said if isinstance(one, ModelError)] == ["cut_off", "cut_off"]
    else:
        assert [one[0] for one in said if not isinstance(one, BaseException)] == [alone, alone]
