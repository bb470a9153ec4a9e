"""Work of the models, which would stall the event loop, goes to a worker."""

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
    """Run `work`, a model's or as heavy, in one of four threads and return what it returns.

    Reading and writing belongs elsewhere (`asyncio.to_thread`, `core.journal.store`): here it would wait
    behind transcriptions. A caller that is cancelled does not stop work that has begun.
    """
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, partial(work, *args, **kwargs))
