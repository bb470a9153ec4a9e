"""Hold calls: as many as the house can, the others hear that it is busy."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from core.ports import MediaTransport, Pcm
from voice.call import phrases
from voice.call.conversation import CallEnded, Conversation, House
from voice.call.playback import Playback
from voice.call.speech import Speech

log = logging.getLogger(__name__)


class CallSession:
    """Take calls from any line. `hold` is what a line calls for each of them."""

    def __init__(self, house: House, *, max_calls: int = 8) -> None:
        """Serve at most `max_calls` at a time."""
        self._house = house
        self._max_calls = max_calls
        self._calls = 0

    @property
    def calls(self) -> int:
        """Return how many calls are being held."""
        return self._calls

    async def prepare(self) -> None:
        """Synthesise greeting, filler, apology and busy prompt, so that no caller waits for them.

        It takes some seconds on a CPU, and calls may be taken meanwhile.
        """
        await self._house.phrasebook.prepare(self._house.languages, *self._house.welcome())

    async def hold(self, transport: MediaTransport) -> None:
        """Talk with a caller; return when the call is over and nothing of it is left running."""
        is_taken = self._calls < self._max_calls
        self._calls += is_taken
        try:
            async with asyncio.TaskGroup() as tasks:
                if is_taken:
                    tasks.create_task(Conversation(self._house, transport, tasks).run())
                else:
                    self._turn_away(transport, tasks)
        except* CallEnded as ended:
            log.info("call %s ended: %s", transport.call_id, ended.exceptions[0])
        except* Exception as group:
            log.error("call %s ended by a fault", transport.call_id, exc_info=group)
        finally:
            self._calls -= is_taken
            await transport.hang_up()

    def _turn_away(self, transport: MediaTransport, tasks: asyncio.TaskGroup) -> None:
        log.warning("call %s was turned away: %d calls are being held", transport.call_id, self._calls)
        playback = Playback(transport)

        async def apologise() -> None:
            await playback.say(Speech([("", self._busy_prompt())]))
            raise CallEnded("all lines are busy")

        async def watch() -> None:
            async for _ in transport.frames_in():
                pass
            raise CallEnded("the caller hung up")

        for task in (playback.run(), apologise(), watch()):
            tasks.create_task(task)

    async def _busy_prompt(self) -> AsyncIterator[Pcm]:
        for language in self._house.languages:
            async for piece in self._house.phrasebook.speech(phrases.ALL_BUSY[language], language):
                yield piece
