"""A check at any endpoint that speaks OpenAI's moderations API, pictures included.

https://platform.openai.com/docs/api-reference/moderations, through OpenAI's own client (extra: llm).
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from core.errors import BackendError, ConfigError
from core.ports import Capabilities, Picture
from core.resilience import in_worker
from core.types import Screening
from perception.seeing.pixels import checked

if TYPE_CHECKING:
    import openai

_CONNECT_S = 2.0
_SIDE = 512
"""Pixels: enough to judge what is shown, and little to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationEndpoint:
    """Ask an endpoint what a picture shows that people should not see unasked."""

    client: openai.AsyncOpenAI
    model: str
    threshold: float
    """The score at which a picture is withheld; 0 leaves it to the endpoint ("flagged")."""

    @property
    def capabilities(self) -> Capabilities:
        """Say where it is."""
        return Capabilities(device=str(self.client.base_url))

    async def screen(self, picture: Picture, *, attachment_id: str) -> Screening:
        """Return the likeliest category with its score. Raises `BackendError` where the endpoint fails."""
        import httpx2
        import openai

        asked: Any = [{"type": "image_url", "image_url": {"url": await in_worker(_address, checked(picture))}}]
        try:
            answer = await self.client.moderations.create(model=self.model, input=asked)
            told = answer.results[0]
            told_scores: dict[str, Any] = told.category_scores.to_dict()
            scores = {name: float(score) for name, score in told_scores.items() if score is not None}
            label, score = max(scores.items(), key=lambda one: one[1])
            bad = score >= self.threshold if self.threshold else bool(told.flagged)
        except (openai.OpenAIError, httpx2.HTTPError, AttributeError, IndexError, TypeError, ValueError) as error:
            raise BackendError(f"the moderation endpoint {self.client.base_url} failed: {error}") from error
        return Screening(
            attachment_id=attachment_id,
            label=label if bad else "",
            score=min(1.0, max(0.0, score)),
            by=f"{answer.model or self.model}, at {self.threshold or 'its own measure'}",
            is_withheld=bad,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()


def _address(picture: Picture) -> str:
    image = Image.fromarray(picture)
    image.thumbnail((_SIDE, _SIDE))
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{b64encode(out.getvalue()).decode()}"


def build(
    model: str,
    models: Path,
    *,
    base_url: str = "",
    api_key: str = "",
    threshold: float = 0.0,
    timeout_s: float = 5.0,
) -> ModerationEndpoint:
    """Build it: "endpoint:omni-moderation-latest?base_url=https://api.openai.com/v1"; nothing is sent yet.

    Raises `ConfigError` for a spec without an address or a model's name, or a threshold that is no share.
    """
    if not model or not base_url.startswith(("http://", "https://")):
        raise ConfigError("the screen backend 'endpoint' needs a model and an address: endpoint:MODEL?base_url=http...")
    if not 0 <= threshold <= 1:
        raise ConfigError(f"the screen backend 'endpoint': threshold={threshold} is not between 0 and 1")
    import httpx2
    import openai

    # The SDK's own client closes itself in a destructor, in whatever event loop is left by then; ours does not.
    http = httpx2.AsyncClient(timeout=httpx2.Timeout(timeout_s, connect=_CONNECT_S))
    client = openai.AsyncOpenAI(base_url=base_url, api_key=api_key or "none", max_retries=0, http_client=http)
    return ModerationEndpoint(client=client, model=model, threshold=threshold)
