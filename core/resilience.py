"""Work of the models, which would stall the event loop, goes to a worker."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_NICER_BY = 10
"""Steps of the system's priority; the last is 19. Beside a thread of the usual one this leaves a tenth of the core."""
_WORKERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="model")
"""Model libraries release the interpreter lock; four threads keep two cores busy without thrashing."""


async def in_worker(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work`, a model's or as heavy, in one of four threads and return what it returns.

    Reading and writing belongs elsewhere (`asyncio.to_thread`, `core.journal.store`), and so does a model that
    a written answer waits for (a `Lane`): here they would wait behind photos. A caller that is cancelled
    does not stop work that has begun.
    """
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, partial(work, *args, **kwargs))


def give_way() -> None:
    """Let other threads have the cores first: from now on this one, and those that it starts, take what is left.

    Only Linux has a priority for each thread; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + _NICER_BY))


def _one_thread(begin: Callable[[], None] | None = None) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="lane", initializer=begin)


@dataclass(frozen=True, slots=True)
class Lane:
    """A thread of one model's own: its jobs run one at a time, first come, first served, from any event loop.

    A model already uses the cores for one job; two at once would each take twice as long and hold twice
    the memory. And no other model's slow job stands before this one's. The thread starts with the first job.
    """

    _worker: ThreadPoolExecutor = field(default_factory=_one_thread)

    async def run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `job` after those before it and return what it returns.

        A caller that gives up (a deadline, a hang-up) takes its job out of the queue; one that has begun
        runs to its end.
        """
        return await asyncio.get_running_loop().run_in_executor(self._worker, partial(job, *args, **kwargs))


def patient_lane() -> Lane:
    """Return a lane for work that is done ahead of its time: its thread gives way to every other."""
    return Lane(_one_thread(give_way))
