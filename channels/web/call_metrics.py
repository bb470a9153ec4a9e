"""What is counted of telephone calls, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_STAGE_S = (0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.3, 2, 3, 5, 10, 30)
_STAGES = ("ended_s", "heard_s", "answered_s", "spoken_s")


class CallMetrics:
    """Counters of the calls of one server."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the counters."""
        self._active = Gauge("zhanggui_calls_active", "Calls being held", registry=registry)
        self._waiting = Gauge("zhanggui_calls_waiting", "Callers in the queue", registry=registry)
        self._calls = Counter(
            "zhanggui_calls", "Calls, by direction and why they ended", ["direction", "ended"], registry=registry
        )
        self._stages = Histogram(
            "zhanggui_call_turn_seconds",
            "From the caller's last sound to the end of a stage",
            ["stage"],
            buckets=_STAGE_S,
            registry=registry,
        )
        self._greeted = Histogram(
            "zhanggui_call_greeting_seconds", "From the answer to the first sound", buckets=_STAGE_S, registry=registry
        )
        self._stopped = Histogram(
            "zhanggui_call_interruption_seconds",
            "From a caller's interruption to our silence",
            buckets=_STAGE_S,
            registry=registry,
        )
        self._seconds = Counter(
            "zhanggui_call_seconds", "Length of all calls together", ["direction"], registry=registry
        )
        self._score = Histogram(
            "zhanggui_call_mos",
            "Mean opinion score of the line (E-model)",
            buckets=(1, 2, 2.5, 3, 3.5, 4, 4.3),
            registry=registry,
        )
        self._times = Counter(
            "zhanggui_call_events", "Backchannels, false alarms, fillers, silences", ["event"], registry=registry
        )

    def watch(self, active: Callable[[], int], waiting: Callable[[], int]) -> None:
        """Show how many calls are being held, and how many callers wait, whenever somebody looks."""
        self._active.set_function(active)
        self._waiting.set_function(waiting)

    def ended(self, call: Mapping[str, Any]) -> None:
        """Count a call that is over, JSON as it is kept."""
        self._calls.labels(call["direction"], call["ended"]).inc()
        self._seconds.labels(call["direction"]).inc(max(0.0, call["seconds"]))
        for turn in call["turns"]:
            for stage in _STAGES:
                self._stages.labels(stage.removesuffix("_s")).observe(turn[stage])
        for seconds in call["interruptions"]:
            self._stopped.observe(seconds)
        if call["greeted_s"] is not None:
            self._greeted.observe(call["greeted_s"])
        if call["mos"] is not None:
            self._score.observe(call["mos"])
        for event in ("backchannels", "false_alarms", "fillers", "silences"):
            self._times.labels(event).inc(call[event])
