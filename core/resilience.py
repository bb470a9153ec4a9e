"""Work that would stall the event loop goes to a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_WORKERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="model")
"""Model libraries release the interpreter lock; four threads keep two cores busy without thrashing."""


async def in_worker(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking `work` in a worker thread and return what it returns."""
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, partial(work, *args, **kwargs))
