"""One queue per model: what all conversations ask of it waits there, and what waits together is computed together.

Nobody waits for a batch to fill: while one batch is computed the next one gathers, so batches are as large as
the load makes them and a lone job is as quick as without a queue.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar, runtime_checkable

from core.errors import BackendError, BusyError

_LOG = logging.getLogger(__name__)
Item = TypeVar("Item")
Result = TypeVar("Result")

_BOUND = 512
"""Jobs that may wait; a model that is this far behind will not catch up within anybody's patience."""
_WELL = 200
"""Batches that went well after memory ran out, before twice as many jobs are tried again: a neighbour may be gone."""
_NO_MEMORY = ("out of memory", "failed to allocate memory", "alloc_failed")
"""How CUDA, CTranslate2, onnxruntime and cuBLAS say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A batch that was computed, or that the device's memory did not hold."""

    size: int
    waited_s: tuple[float, ...]
    """How long each job waited before it began."""
    took_s: float
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job(Generic[Item, Result]):
    item: Item
    since: float
    """`time.monotonic` at which it came."""
    result: Future[Result] = field(default_factory=Future)


def _relieve_nothing() -> None:
    """Do nothing: on a CPU there is no cache to empty."""


def _tell_nobody(_ran: Ran) -> None:
    """Do nothing."""


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="queue")


@dataclass(slots=True, kw_only=True)
class ModelQueue(Generic[Item, Result]):
    """A bounded queue before one model, emptied in batches by a thread of its own, from any event loop.

    Out of memory, it empties the device's cache, halves the batch, does it again and remembers what fitted.
    """

    name: str
    """Of the model, for errors: "open-clip"."""
    run: Callable[[list[Item]], Sequence[Result]]
    """Compute a batch and return a result for each item, in order; only one runs at a time."""
    most: int
    """Jobs of a batch at most."""
    wait_ms: float = 0.0
    """For which the first job of a batch waits for others; 0 takes what is there."""
    bound: int = _BOUND
    relief: Callable[[], None] = _relieve_nothing
    """Gives cached memory back to the device."""
    observe: Callable[[Ran], None] = _tell_nobody
    """Told of every batch, in the queue's thread."""
    fits: int = field(init=False)
    """Jobs that a batch may have now: `most`, or what memory held."""
    _waiting: deque[_Job[Item, Result]] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _worker: ThreadPoolExecutor = field(default_factory=_one_thread)
    _works: bool = False
    _well: int = 0

    def __post_init__(self) -> None:
        """Begin with the largest batch; raises `BackendError` for one of no jobs."""
        if self.most < 1 or self.wait_ms < 0:
            raise BackendError(f"{self.name}: batch={self.most} must be 1 or more, wait_ms={self.wait_ms:g} 0 or more")
        self.fits = self.most

    @property
    def length(self) -> int:
        """Return how many jobs wait."""
        return len(self._waiting)

    async def do(self, item: Item, *, deadline_s: float | None = None) -> Result:
        """Return the result for one item; see `do_all`."""
        return (await self.do_all([item], deadline_s=deadline_s))[0]

    async def do_all(self, items: Sequence[Item], *, deadline_s: float | None = None) -> list[Result]:
        """Return the results in order; more than fit a batch come in turns with what others ask.

        A caller that gives up takes its jobs out of the queue. Raises `BusyError` when too many wait, `TimeoutError`
        after `deadline_s`, `BackendError` when memory does not hold even one, and what `run` raises.
        """
        results: list[Result] = []
        async with asyncio.timeout(deadline_s):
            for start in range(0, len(items), self.most):
                asked = self._put(items[start : start + self.most])
                results += await asyncio.gather(*map(asyncio.wrap_future, asked))
        return results

    def _put(self, items: Sequence[Item]) -> list[Future[Result]]:
        now = time.monotonic()
        jobs: list[_Job[Item, Result]] = [_Job(item=item, since=now) for item in items]
        with self._changed:
            if self._waiting and len(self._waiting) + len(jobs) > self.bound:
                raise BusyError(f"{self.name} is busy: {len(self._waiting)} jobs wait already; try again in a moment")
            self._waiting.extend(jobs)
            self._changed.notify()
            if not self._works:
                self._works = True
                self._worker.submit(self._work)
        return [job.result for job in jobs]

    def _work(self) -> None:
        while batch := self._next():
            try:
                self._compute(batch)
            except BaseException as error:  # a panic of a library in Rust is no Exception; the queue outlives it
                _LOG.exception("the queue of %s failed", self.name)
                told = BackendError(f"{self.name} failed: {error!r}")
                for job in batch:
                    if not job.result.done():
                        job.result.set_exception(told)

    def _next(self) -> list[_Job[Item, Result]]:
        """Take the next batch, without those whose callers gave up; none ends the work until a job comes."""
        with self._changed:
            if self.wait_ms and self._waiting:
                left_s = self._waiting[0].since + self.wait_ms / 1000 - time.monotonic()
                self._changed.wait_for(lambda: len(self._waiting) >= self.fits, max(0.0, left_s))
            taken: list[_Job[Item, Result]] = []
            while self._waiting and len(taken) < self.fits:
                job = self._waiting.popleft()
                if job.result.set_running_or_notify_cancel():
                    taken.append(job)
            self._works = bool(taken)
            return taken

    def _compute(self, jobs: list[_Job[Item, Result]]) -> None:
        results: Sequence[Result] = ()
        failed: Exception | None = None
        began, lacks_memory = time.monotonic(), False
        try:
            results = self.run([job.item for job in jobs])
            if len(results) != len(jobs):
                raise BackendError(f"{self.name} gave {len(results)} results for {len(jobs)} jobs")
        except Exception as error:  # whatever a model library raises, those who wait must hear of it
            lacks_memory = is_out_of_memory(error)
            failed = None if lacks_memory else error
        self._remember(len(jobs), lacks_memory=lacks_memory)
        waited = tuple(began - job.since for job in jobs)
        took_s = time.monotonic() - began
        with self._logged("observe"):
            self.observe(Ran(size=len(jobs), waited_s=waited, took_s=took_s, out_of_memory=lacks_memory))
        if lacks_memory:  # only here, after the error is gone: its traceback holds the tensors that filled the memory
            with self._logged("relief"):
                self.relief()
            self._compute_in_parts(jobs)
        elif failed is not None:
            for job in jobs:
                job.result.set_exception(failed)
        else:
            for job, result in zip(jobs, results, strict=True):
                job.result.set_result(result)

    @contextmanager
    def _logged(self, what: str) -> Iterator[None]:
        """Log what goes wrong beside the computing: nobody's result depends on it."""
        try:
            yield
        except Exception:
            _LOG.exception("%s of the queue of %s failed", what, self.name)

    def _compute_in_parts(self, jobs: list[_Job[Item, Result]]) -> None:
        if len(jobs) == 1:
            told = f"{self.name}: the device's memory does not hold even one job; give it more, or take a smaller model"
            jobs[0].result.set_exception(BackendError(told))
            return
        while jobs:
            part, jobs = jobs[: self.fits], jobs[self.fits :]
            self._compute(part)

    def _remember(self, size: int, *, lacks_memory: bool) -> None:
        if lacks_memory and size > 1:  # one that is too large says nothing of what fits else
            self.fits, self._well = size // 2, 0
        elif self.fits < self.most:
            self._well += 1
            if self._well >= _WELL:
                self.fits, self._well = min(self.most, 2 * self.fits), 0


@runtime_checkable
class Queued(Protocol):
    """A backend with a queue that may be looked at, or watched."""

    @property
    def queue(self) -> ModelQueue[object, object]:
        """Return the queue before the model."""
        ...


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether a model library says that the device's memory is full."""
    said = str(error).lower()
    return type(error).__name__ == "OutOfMemoryError" or (
        isinstance(error, RuntimeError) and any(words in said for words in _NO_MEMORY)
    )
