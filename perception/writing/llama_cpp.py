"""A local GGUF model through llama.cpp, in this process, from the prebuilt wheels of xllamacpp.

llama.cpp's own server runs inside without a port: slots with continuous batching, a prompt cache and grammars
made from JSON Schemas. https://github.com/xorbitsai/xllamacpp
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ModelError, ModelMissingError
from core.models import locate
from core.ports import Capabilities
from core.types import ChatMessage, Chunk, Usage

_ALL_LAYERS = 999


@dataclass(slots=True, kw_only=True)
class LlamaCpp:
    """Generate with a GGUF file; it is read with the first prompt."""

    file: Path
    context: int
    """Tokens of one conversation's prompt and answer."""
    parallel: int
    """Answers that are made at once; each has a context of its own."""
    threads: int
    gpu_layers: int
    temperature: float
    _server: Any = None
    _loading: threading.Lock = field(default_factory=threading.Lock)
    _workers: ThreadPoolExecutor | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Say the device and the context length."""
        device = "gpu" if self.gpu_layers else "cpu"
        return Capabilities(device=device, context=self.context, limit=f"{self.context} tokens")

    async def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        deadline_s: float = 30,
    ) -> AsyncIterator[Chunk]:
        """Yield the answer as it is made; a prompt with pictures is refused, whatever the file can do."""
        if any(message.pictures for message in messages):
            raise ModelError(
                "refused", "llama.cpp in this process reads text only; an endpoint or transformers may see"
            )
        request: dict[str, Any] = {
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": max_tokens,
            "temperature": self.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_prompt": True,
        }
        if schema is not None:
            named = {"name": "answer", "schema": dict(schema)}
            request["response_format"] = {"type": "json_schema", "json_schema": named}
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        given_up = threading.Event()

        def heard(event: dict[str, Any] | str) -> bool:
            if isinstance(event, dict):
                loop.call_soon_threadsafe(events.put_nowait, event)
            return given_up.is_set()

        work = loop.run_in_executor(self._pool(), self._complete, request, heard)
        work.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                if chunk := _chunk(event):
                    yield chunk
            _check(await work)
        finally:
            given_up.set()  # the next token ends the work of who is no longer listened to
            work.cancel()  # or it never begins

    def _pool(self) -> ThreadPoolExecutor:
        if self._workers is None:
            self._workers = ThreadPoolExecutor(max_workers=self.parallel, thread_name_prefix="llama")
        return self._workers

    def _complete(self, request: dict[str, Any], heard: Callable[[dict[str, Any] | str], bool]) -> Any:
        server = self._loaded()
        try:
            return server.handle_chat_completions(request, heard)
        except (RuntimeError, ValueError, TypeError) as error:
            raise _told(str(error)) from error

    def _loaded(self) -> Any:
        with self._loading:
            if self._server is None:
                import xllamacpp

                settings = xllamacpp.CommonParams()
                settings.model.path = str(self.file)
                settings.n_ctx = self.context * self.parallel
                settings.n_parallel = self.parallel
                settings.n_gpu_layers = self.gpu_layers
                settings.cpuparams.n_threads = self.threads
                settings.cpuparams_batch.n_threads = self.threads
                settings.verbosity = -1
                settings.warmup = False
                try:
                    self._server = xllamacpp.Server(settings)
                except (RuntimeError, ValueError) as error:
                    raise ModelError("refused", f"llama.cpp cannot read {self.file}: {error}") from error
            return self._server


def _chunk(event: Mapping[str, Any]) -> Chunk | None:
    if "error" in event:
        raise _told(str(event["error"]))
    text = "".join(choice.get("delta", {}).get("content") or "" for choice in event.get("choices", ()))
    counted = event.get("usage")
    usage = None
    if counted:
        cached = counted.get("prompt_tokens_details", {}).get("cached_tokens", 0)
        usage = Usage(prompt=counted["prompt_tokens"], cached=cached, completion=counted["completion_tokens"])
    cut = any(choice.get("finish_reason") == "length" for choice in event.get("choices", ()))
    return Chunk(text=text, usage=usage, cut=cut) if text or usage or cut else None


def _check(result: Any) -> None:
    if isinstance(result, Mapping) and "error" in result:
        raise _told(str(result["error"]))


def _told(problem: str) -> ModelError:
    long = "context" in problem.lower() or "exceed" in problem.lower()
    return ModelError("too_long" if long else "refused", f"llama.cpp: {problem}")


def build(
    model: str,
    models: Path,
    *,
    context: int = 4096,
    parallel: int = 2,
    threads: int = 2,
    gpu_layers: int = 0,
    temperature: float = 0.0,
) -> LlamaCpp:
    """Build it from a model of the list, a folder with one GGUF file, or the file: "llama-cpp:/models/x.gguf".

    `gpu_layers` puts that many layers on the GPU, -1 all of them. Raises `ModelMissingError` when there is no file.
    """
    import xllamacpp  # noqa: F401  (a missing library is told when the backend is built, not with the first prompt)

    path = Path(model).expanduser()
    file = path if path.suffix == ".gguf" and path.is_file() else _gguf_in(locate(model, models))
    layers = _ALL_LAYERS if gpu_layers < 0 else gpu_layers
    return LlamaCpp(
        file=file, context=context, parallel=parallel, threads=threads, gpu_layers=layers, temperature=temperature
    )


def _gguf_in(folder: Path) -> Path:
    files = sorted(folder.glob("*.gguf"))
    if not files:
        raise ModelMissingError(f"{folder} holds no .gguf file")
    return files[0]
