"""A language model through Hugging Face transformers, on CUDA or CPU; one that sees, too.

Prompts that come together are answered in one batch, each streamed to who asked for it. JSON Schemas are kept by
masking the logits with llguidance (https://github.com/guidance-ai/llguidance).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.batching import ModelQueue, is_out_of_memory
from core.errors import BackendError, BusyError, ModelError
from core.models import locate
from core.ports import Capabilities
from core.types import ChatMessage, Chunk
from perception.writing.job import Job

_LEAST_ANSWER = 16
"""Tokens that must be left of the window for an answer to make sense."""
_UNFINISHED = "\ufffd"
"""How a character decodes of which a part is still to come."""


@dataclass(slots=True, kw_only=True)
class TransformersModel:
    """Generate with a causal or a vision-language model; it is loaded with the first prompt."""

    source: str
    """A folder, or a name on the hub."""
    gguf: str
    device: str
    dtype: str
    context: int
    batch: int
    """Prompts that are answered together at most."""
    wait_ms: float
    """For which the first of a batch waits for others."""
    static: bool
    """A cache of fixed shape and a compiled step: worth its warm-up on a GPU only."""
    adapter: str
    temperature: float
    vision: bool
    """Whether it is a vision-language model, which answers one prompt at a time: each kind of them lays out the
    pictures of several prompts in its own way."""
    queue: ModelQueue[Job, None] = field(init=False)
    _model: Any = None
    _tokenizer: Any = None
    _processor: Any = None
    """Writes prompts and pictures for the model: of a vision-language model its own, else the tokenizer."""
    _masks: Any = None

    def __post_init__(self) -> None:
        """Open the queue, in which prompts gather for the next batch."""
        self.queue = ModelQueue(
            name="transformers", run=self._answer, most=self.batch, wait_ms=self.wait_ms, relief=_empty_cache
        )

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the context length and whether it sees."""
        return Capabilities(device=self.device, context=self.context, limit=f"{self.context} tokens", sees=self.vision)

    async def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        deadline_s: float = 30,
    ) -> AsyncIterator[Chunk]:
        """Yield the answer as it is made, beside those of other prompts."""
        if not self.vision and any(message.pictures for message in messages):
            raise ModelError("refused", f"{self.source} is used as a model of text; one that sees needs vision=true")
        job = Job(
            messages=tuple(messages),
            schema=schema,
            max_tokens=max_tokens,
            loop=asyncio.get_running_loop(),
            out=asyncio.Queue(),
        )
        answered = asyncio.ensure_future(self.queue.do(job, deadline_s=deadline_s))
        answered.add_done_callback(lambda _: job.release())
        try:
            while (event := await job.out.get()) is not None:
                if isinstance(event, ModelError):
                    raise event
                yield event
                if event.usage is not None:
                    return  # the others of its batch may go on
            await answered
        except (BusyError, BackendError) as error:
            code = "rate_limited" if isinstance(error, BusyError) else "too_long"
            raise ModelError(code, str(error)) from error
        except TimeoutError:
            raise ModelError("timeout", "the answer did not come within the deadline") from None
        finally:
            answered.cancel()
            job.release()

    def _answer(self, jobs: list[Job]) -> list[None]:
        """Answer a batch; each job hears of its own answer or fault, memory that runs out is the queue's matter."""
        try:
            self._load()
            if ready := [job for job in jobs if not job.over.is_set() and self._ready(job)]:
                self._generate(ready)
        except Exception as error:  # whatever a model library raises, those who wait must hear of it
            if is_out_of_memory(error):
                raise
            for job in jobs:
                job.fail(error)
        return [None] * len(jobs)

    def _ready(self, job: Job) -> bool:
        """Write a job's prompt and return whether it can be answered; who asked is told why it cannot."""
        with job.alone():
            job.begin()
            messages = [
                {"role": one.role, "content": _parts(one) if self.vision else one.content} for one in job.messages
            ]
            job.prompt = self._processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            job.pictures = [_decoded(picture) for one in job.messages for picture in one.pictures]
            job.length = self._inputs([job])["input_ids"].shape[1]
            if job.length + min(job.max_tokens, _LEAST_ANSWER) > self.context:
                raise ModelError("too_long", f"the prompt has {job.length} tokens, the model reads {self.context}")
            job.max_tokens = min(job.max_tokens, self.context - job.length)
            job.matcher = self._matcher(job)
        return not job.over.is_set()

    def _inputs(self, jobs: list[Job]) -> Any:
        """Return the prompts as the model takes them, those with pictures with their pixels."""
        import torch

        pictures = [picture for job in jobs for picture in job.pictures]
        shown = {"images": pictures} if pictures else {}
        prompts = [job.prompt for job in jobs]
        inputs = self._processor(text=prompts, return_tensors="pt", padding=True, **shown)
        if not self.vision:
            return inputs.to(self.device)
        return inputs.to(self.device, getattr(torch, self.dtype))  # casts the pixels; ids and masks stay whole numbers

    def _generate(self, jobs: list[Job]) -> None:
        import torch

        full = 1 << (len(jobs) - 1).bit_length() if self.static else len(jobs)
        rows = jobs + [jobs[-1].idle()] * (full - len(jobs))
        inputs = self._inputs(rows)
        most = max(job.max_tokens for job in jobs)
        options: dict[str, Any] = {"max_new_tokens": most}
        if self.static:  # few shapes, so that the step is compiled rarely: 1, 2, 4 ... rows of the whole window
            options = {"max_length": self.context, "cache_implementation": "static"}
        if self.temperature:
            options |= {"do_sample": True, "temperature": self.temperature}
        else:
            options |= {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        with torch.inference_mode():
            self._model.generate(
                **inputs,
                pad_token_id=self._tokenizer.pad_token_id,
                logits_processor=[lambda ids, scores: self._masked(rows, scores)],
                stopping_criteria=[lambda ids, scores, **_: self._stopped(rows, ids)],
                **options,
            )
        for job in jobs:  # whom the window cut, shared with a longer prompt
            if not job.over.is_set():
                with job.alone():
                    self._say(job, last=True)
                    job.finish(cut=True)

    def _masked(self, jobs: list[Job], scores: Any) -> Any:
        """Forbid the tokens that would leave a job's schema."""
        import torch

        for row, job in enumerate(jobs):
            if job.matcher is None or job.over.is_set():
                continue
            with job.alone():
                bits = np.unpackbits(np.frombuffer(job.matcher.compute_bitmask(), np.uint8), bitorder="little")
                allowed = np.zeros(scores.shape[-1], bool)
                allowed[: len(bits)] = bits[: len(allowed)].astype(bool)
                scores[row, torch.from_numpy(~allowed).to(scores.device)] = -torch.inf
        return scores

    def _stopped(self, jobs: list[Job], ids: Any) -> Any:
        """Take the newest token of each job, and return which of them are over."""
        import torch

        for job, token in zip(jobs, ids[:, -1].tolist(), strict=True):
            if not job.over.is_set():
                with job.alone():
                    self._take(job, token)
        return torch.tensor([job.over.is_set() for job in jobs], device=ids.device)

    def _take(self, job: Job, token: int) -> None:
        """Hand over a token of an answer, and with the last one what the answer cost."""
        ended = token in self._ends()
        if not ended:
            job.tokens.append(token)
            if job.matcher is not None:
                job.matcher.consume_token(token)
                _refuse_error(job.matcher)
                ended = job.matcher.is_stopped()
        last = ended or len(job.tokens) >= job.max_tokens
        self._say(job, last=last)
        if last:
            job.finish(cut=not ended)

    def _say(self, job: Job, *, last: bool) -> None:
        text = self._tokenizer.decode(job.tokens, skip_special_tokens=True)
        if last or not text.endswith(_UNFINISHED):
            job.say(text, last=last)

    def _ends(self) -> frozenset[int]:
        ends = self._model.generation_config.eos_token_id
        return frozenset(ends if isinstance(ends, list) else [ends])

    def _matcher(self, job: Job) -> Any:
        if job.schema is None:
            return None
        import llguidance
        import llguidance.hf

        if self._masks is None:
            size = self._model.get_output_embeddings().weight.shape[0]
            self._masks = llguidance.hf.from_tokenizer(self._tokenizer, n_vocab=size)
        grammar = llguidance.LLMatcher.grammar_from_json_schema(
            json.dumps(dict(job.schema)), overrides={"whitespace_flexible": False}
        )
        matcher = llguidance.LLMatcher(self._masks, grammar)
        _refuse_error(matcher)  # else it would let the model say nothing
        return matcher

    def _load(self) -> None:
        if self._model is not None:
            return
        import torch
        from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoProcessor, AutoTokenizer

        kind = {"gguf_file": self.gguf} if self.gguf else {}
        if self.vision:
            self._processor = AutoProcessor.from_pretrained(self.source)  # type: ignore[no-untyped-call]
            self._tokenizer = self._processor.tokenizer
        else:
            self._processor = self._tokenizer = AutoTokenizer.from_pretrained(self.source, padding_side="left", **kind)
        if self._tokenizer.pad_token_id is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        loads: Any = AutoModelForImageTextToText if self.vision else AutoModelForCausalLM
        model = loads.from_pretrained(self.source, dtype=getattr(torch, self.dtype), **kind)
        if self.adapter:
            model.load_adapter(str(Path(self.adapter).expanduser()))
        self._model = model.to(self.device).eval()


def _refuse_error(matcher: Any) -> None:
    if matcher.is_error():
        raise ModelError("refused", f"the schema cannot be kept: {matcher.get_error()}")


def _parts(message: ChatMessage) -> list[dict[str, str]]:
    """Return a message as the templates of vision-language models take it."""
    return [*({"type": "image"} for _ in message.pictures), {"type": "text", "text": message.content}]


def _decoded(picture: bytes) -> Image.Image:
    with Image.open(BytesIO(picture), formats=("JPEG",)) as image:
        return image.convert("RGB")


def _empty_cache() -> None:
    import torch

    torch.cuda.empty_cache()


def build(
    model: str,
    models: Path,
    *,
    device: str = "",
    dtype: str = "",
    context: int = 4096,
    batch: int = 8,
    wait_ms: float = 5.0,
    static: bool = False,
    adapter: str = "",
    temperature: float = 0.0,
    vision: bool = False,
) -> TransformersModel:
    """Build it: "transformers:Qwen/Qwen2.5-1.5B-Instruct?device=cuda", or a folder, or a GGUF of the model list.

    The device is CUDA where there is one; the type bfloat16 there and float32 on a CPU. `adapter` is a folder with
    LoRA weights. `vision` loads a vision-language model. Raises `BackendError` for a device or type that torch does
    not have.
    """
    import torch

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendError(f"device={device!r}: this machine has no CUDA device that torch can use")
    dtype = dtype or ("bfloat16" if device.startswith("cuda") else "float32")
    if not isinstance(getattr(torch, dtype, None), torch.dtype):
        raise BackendError(f"dtype={dtype!r}: torch has no such type; bfloat16, float16 or float32 are meant")
    source, gguf = _files(model, models)
    return TransformersModel(
        source=source,
        gguf=gguf,
        device=device,
        dtype=dtype,
        context=context,
        batch=1 if vision else batch,
        wait_ms=wait_ms,
        static=static,
        adapter=adapter,
        temperature=temperature,
        vision=vision,
    )


def _files(model: str, models: Path) -> tuple[str, str]:
    """Return the folder or hub name to load from, and the GGUF file in it, if that is what it holds."""
    path = Path(model).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return str(path.parent), path.name
    if "/" in model and not path.is_dir() and not (models / model).is_dir():
        return model, ""  # a name on the hub
    folder = locate(model, models)
    files = sorted(one.name for one in folder.glob("*.gguf"))
    return str(folder), files[0] if files and not (folder / "config.json").is_file() else ""
