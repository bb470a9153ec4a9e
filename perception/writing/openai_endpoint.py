"""A language model behind an OpenAI-compatible endpoint: vLLM, llama.cpp, Ollama, a cloud.

The chat completions API, https://platform.openai.com/docs/api-reference/chat, through OpenAI's own client.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BackendError, ConfigError, ModelError
from core.ports import Capabilities
from core.types import ChatMessage, Chunk, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    import openai

_WAYS = ("schema", "tool", "json", "prompt")
_CONNECT_S = 5.0
_TOOL = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIEndpoint:
    """Ask an endpoint; whoever retries and falls back stands above it."""

    client: openai.AsyncOpenAI
    model: str
    structured: str
    """How it is held to a schema: "schema" (response_format), "tool" (a forced call), "json" (some JSON, and the
    schema in words) or "prompt" (in words alone)."""
    temperature: float
    context: int
    usage: bool
    """Whether it may be asked to count tokens in a stream; a few old servers refuse the question."""

    @property
    def capabilities(self) -> Capabilities:
        """Say where it is and how much it reads; whether its model sees is for it to say, and it may refuse."""
        where = str(self.client.base_url)
        return Capabilities(device=where, context=self.context, limit=f"{self.context} tokens", sees=True)

    async def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        deadline_s: float = 30,
    ) -> AsyncIterator[Chunk]:
        """Yield the answer as the endpoint streams it."""
        request: dict[str, Any] = {
            "model": self.model,
            "messages": _wire(messages, self._in_words(schema)),
            "max_tokens": max_tokens,
            "temperature": self.temperature,
            "stream": True,
            "timeout": deadline_s,
        }
        if self.usage:
            request["stream_options"] = {"include_usage": True}
        if schema is not None:
            self._hold_to(request, schema)
        with _told(self.model):
            stream = await self.client.chat.completions.create(**request)
        with _told(self.model, begun=True):
            async with stream:
                async for event in stream:
                    if chunk := _chunk(event):
                        yield chunk

    def _in_words(self, schema: Mapping[str, Any] | None) -> str:
        """Return the schema as an instruction, for endpoints that are not held to it otherwise."""
        if schema is None or self.structured not in ("json", "prompt"):
            return ""
        return f"Answer with one JSON object that fits this JSON Schema, and nothing else: {json.dumps(dict(schema))}"

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()

    def _hold_to(self, request: dict[str, Any], schema: Mapping[str, Any]) -> None:
        if self.structured == "schema":
            named = {"name": _TOOL, "schema": dict(schema), "strict": True}
            request["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self.structured == "tool":
            tool = {"name": _TOOL, "description": "Give the answer.", "parameters": dict(schema)}
            request["tools"] = [{"type": "function", "function": tool}]
            request["tool_choice"] = {"type": "function", "function": {"name": _TOOL}}
        elif self.structured == "json":
            request["response_format"] = {"type": "json_object"}


def _wire(messages: Sequence[ChatMessage], told: str) -> list[dict[str, Any]]:
    """Return messages as they are sent, with what is told of the answer's form in the first one."""
    first, *rest = messages
    written = (replace(first, content=f"{first.content}\n{told}".strip()), *rest)
    return [{"role": message.role, "content": _content(message)} for message in written]


def _content(message: ChatMessage) -> str | list[dict[str, Any]]:
    """Return the words, or where there are pictures a list of parts with them as data addresses."""
    if not message.pictures:
        return message.content
    shown = [f"data:image/jpeg;base64,{b64encode(picture).decode()}" for picture in message.pictures]
    pictures = [{"type": "image_url", "image_url": {"url": address}} for address in shown]
    return [*pictures, {"type": "text", "text": message.content}]


def _chunk(event: Any) -> Chunk | None:
    """Return what an event of the stream says, a tool call's arguments being an answer like any other."""
    usage = getattr(event, "usage", None)
    counted = None
    if usage is not None:
        details = getattr(usage, "prompt_tokens_details", None)
        cached = getattr(details, "cached_tokens", 0) or 0
        counted = Usage(prompt=usage.prompt_tokens or 0, cached=cached, completion=usage.completion_tokens or 0)
    text, cut = "", False
    if event.choices:
        choice = event.choices[0]
        calls = choice.delta.tool_calls or ()
        text = choice.delta.content or "".join(call.function.arguments or "" for call in calls if call.function)
        cut = choice.finish_reason == "length"
        if choice.finish_reason == "content_filter":
            raise ModelError("refused", "the endpoint's own filter stopped the answer")
    return Chunk(text=text, usage=counted, cut=cut) if text or counted or cut else None


@contextmanager
def _told(model: str, *, begun: bool = False) -> Iterator[None]:
    """Turn the client's errors into ours, in words of what to do; `begun` says that an answer was on its way."""
    import httpx2
    import openai

    try:
        yield
    except openai.APITimeoutError as error:
        raise ModelError("timeout", f"the endpoint did not answer in time: {error}") from error
    except (openai.APIConnectionError, httpx2.ConnectError) as error:
        code, what = ("cut_off", "broke off") if begun else ("unreachable", "cannot be reached")
        raise ModelError(code, f"the endpoint {what}: {error.__cause__ or error}") from error
    except openai.RateLimitError as error:
        after = error.response.headers.get("retry-after", "")
        wait = float(after) if after.replace(".", "", 1).isdigit() else 0.0
        raise ModelError("rate_limited", f"the endpoint asks to slow down: {error}", retry_after_s=wait) from error
    except openai.BadRequestError as error:
        code = "too_long" if "context" in str(error).lower() or "too long" in str(error).lower() else "refused"
        raise ModelError(code, f"the endpoint refuses the request: {error}") from error
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ModelError("refused", f"the endpoint refuses the key (ZHANGGUI_MODEL__API_KEY): {error}") from error
    except openai.NotFoundError as error:
        raise ModelError("refused", f"the endpoint has no model {model!r}, or the address is wrong: {error}") from error
    except openai.APIStatusError as error:
        ours = error.status_code < 500 and error.status_code not in (408, 409)
        what = "refuses the request" if ours else "is in trouble"
        raise ModelError(
            "refused" if ours else "unreachable", f"the endpoint {what} ({error.status_code}): {error}"
        ) from error
    except (httpx2.HTTPError, openai.APIError) as error:
        raise ModelError("cut_off", f"the endpoint broke off: {error}") from error
    except ValueError as error:
        raise ModelError("malformed", f"the endpoint sent what is no answer: {error}") from error


def build(
    model: str,
    models: Path,
    *,
    base_url: str = "",
    api_key: str = "",
    structured: str = "schema",
    temperature: float = 0.0,
    context: int = 8192,
    usage: bool = True,
) -> OpenAIEndpoint:
    """Build it: "openai:qwen2.5-7b-instruct?base_url=http://127.0.0.1:8000/v1&structured=schema".

    Raises `ConfigError` for a spec without an address or a model's name, or with another way of structuring.
    """
    if not model or not base_url:
        raise ConfigError("the language backend 'openai' needs a model and an address: openai:MODEL?base_url=URL")
    if structured not in _WAYS:
        raise ConfigError(f"structured={structured!r}: expected one of {', '.join(_WAYS)}")
    import httpx2
    import openai

    if not base_url.startswith(("http://", "https://")):
        raise BackendError(f"base_url={base_url!r} is no http(s) address")
    # The SDK's own client closes itself in a destructor, in whatever event loop is left by then; ours does not.
    http = httpx2.AsyncClient(timeout=httpx2.Timeout(60.0, connect=_CONNECT_S))
    client = openai.AsyncOpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0, http_client=http)
    return OpenAIEndpoint(
        client=client,
        model=model,
        structured=structured,
        temperature=temperature,
        context=context,
        usage=usage,
    )
