"""What is counted, for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from channels.web.call_metrics import CallMetrics
from core.batching import ModelQueue, Ran
from core.types import Usage

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_BATCHES = (1, 2, 4, 8, 16, 32, 64)


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
    waiting: Gauge = field(init=False)
    batches: Histogram = field(init=False)
    waits: Histogram = field(init=False)
    runs: Histogram = field(init=False)
    out_of_memory: Counter = field(init=False)
    calls: CallMetrics = field(init=False)

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
        self.calls = CallMetrics(own)
        self._register_queues()

    def _register_queues(self) -> None:
        own = self.registry
        self.waiting = Gauge("zhanggui_queue_length", "Jobs waiting before a model", ["model"], registry=own)
        self.batches = Histogram(
            "zhanggui_batch_size", "Jobs that a model computed at once", ["model"], registry=own, buckets=_BATCHES
        )
        self.waits = Histogram(
            "zhanggui_queue_seconds", "How long a job waited before a model", ["model"], registry=own, buckets=_SECONDS
        )
        self.runs = Histogram(
            "zhanggui_batch_seconds", "How long a model took for a batch", ["model"], registry=own, buckets=_SECONDS
        )
        self.out_of_memory = Counter(
            "zhanggui_out_of_memory", "Batches that the device's memory did not hold", ["model"], registry=own
        )

    def watch(self, model: str, queue: ModelQueue[Any, Any]) -> None:
        """Count what the queue before a model does, from now on."""
        self.waiting.labels(model).set_function(lambda: queue.length)
        waits, batches, runs = (kind.labels(model) for kind in (self.waits, self.batches, self.runs))
        lacked = self.out_of_memory.labels(model)

        def observe(ran: Ran) -> None:
            if ran.out_of_memory:
                lacked.inc()
                return
            batches.observe(ran.size)
            runs.observe(ran.took_s)
            for waited_s in ran.waited_s:
                waits.observe(waited_s)

        queue.observe = observe

    def prompt(self, purpose: str, usage: Usage, failed: str) -> None:
        """Count a prompt, what it cost, and how it ended: "ok" or the code of its failure."""
        self.prompts.labels(purpose, failed or "ok").inc()
        for kind in ("prompt", "cached", "completion"):
            self.tokens.labels(purpose, kind).inc(getattr(usage, kind))

    def text(self) -> bytes:
        """Return all of them in the Prometheus text format, version 0.0.4."""
        return generate_latest(self.registry)
