from __future__ import annotations

from sqlalchemy import Connection

from core.dialogue.outcome import Bubble, Outcome
from core.engine import Engine
from core.errors import ConflictError
from core.journal.journal import StoreJournal
from core.ports import Effect
from core.types import Action, Message, Session, TextPart
from tests.core.conftest import Echo, message


class Rival:
    """Somebody else who changes the records a few times before the effect is written."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.tried = 0

    def answer(self, _message: Message, session: Session) -> Outcome:
        self.tried += 1
        done = Bubble(parts=(TextPart(text=f"attempt {self.tried}"),))
        effect = Effect(action=Action(name="x", arguments={}, idempotency_key="k"), apply=self.apply)
        return Outcome(session=session, bubbles=(done,), language="en", effects=(effect,), outcome="answered")

    def apply(self, _connection: Connection) -> None:
        if self.tried <= self.times:
            raise ConflictError("somebody else was quicker")


async def test_a_conflict_is_answered_anew(engine: Engine, echo: Echo, journal: StoreJournal) -> None:
    rival = Rival(times=1)
    echo.make = rival.answer
    turn = await engine.answer(message("cancel it"))
    assert (turn.outcome, turn.replies[0].text, rival.tried) == ("answered", "attempt 2", 2)
    assert await journal.turns("c1") == (turn,)
    assert (await journal.session("c1")).version == 1


async def test_a_second_conflict_is_told_honestly(engine: Engine, echo: Echo) -> None:
    rival = Rival(times=5)
    echo.make = rival.answer
    turn = await engine.answer(message("cancel it"))
    assert (turn.outcome, rival.tried) == ("failed", 2)
    assert turn.actions == () and "attempt" not in turn.replies[0].text
