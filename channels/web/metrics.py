"""What is counted, for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from core.types import Usage

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@dataclass(slots=True)
class Metrics:
    """Counters of one server, in a registry of their own so that two servers fit in one process."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    messages: Counter = field(init=False)
    turns: Counter = field(init=False)
    turn_seconds: Histogram = field(init=False)
    requests: Counter = field(init=False)
    streams: Gauge = field(init=False)
    prompts: Counter = field(init=False)
    tokens: Counter = field(init=False)

    def __post_init__(self) -> None:
        """Register the counters."""
        own = self.registry
        self.messages = Counter("zhanggui_messages", "Messages accepted, by what they held", ["content"], registry=own)
        self.turns = Counter("zhanggui_turns", "Turns answered, by outcome", ["outcome"], registry=own)
        self.turn_seconds = Histogram(
            "zhanggui_turn_seconds", "From the message to its answer", registry=own, buckets=_SECONDS
        )
        self.requests = Counter(
            "zhanggui_http_requests", "Requests, by route and status", ["method", "route", "status"], registry=own
        )
        self.streams = Gauge("zhanggui_streams", "Open WebSocket streams", registry=own)
        self.prompts = Counter(
            "zhanggui_model_prompts", "Prompts to the language model", ["purpose", "outcome"], registry=own
        )
        self.tokens = Counter(
            "zhanggui_model_tokens", "Tokens of the language model", ["purpose", "kind"], registry=own
        )

    def prompt(self, purpose: str, usage: Usage, failed: str) -> None:
        """Count a prompt, what it cost, and how it ended: "ok" or the code of its failure."""
        self.prompts.labels(purpose, failed or "ok").inc()
        for kind in ("prompt", "cached", "completion"):
            self.tokens.labels(purpose, kind).inc(getattr(usage, kind))

    def text(self) -> bytes:
        """Return all of them in the Prometheus text format, version 0.0.4."""
        return generate_latest(self.registry)
