"""One model, one job at a time, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="hearing")


@dataclass(frozen=True, slots=True)
class Lane:
    """Queue the jobs of one model in order of arrival.

    A model already uses every core for one recording; two at once would each take twice as long and
    hold twice the memory. A caller that gives up (a deadline, a hang-up) takes its job out of the queue.
    """

    _worker: ThreadPoolExecutor = field(default_factory=_one_thread)

    async def run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `job` after those before it and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, partial(job, *args, **kwargs))
