"""One turn on its way to the caller's ear: when its stages were over, and what of it was heard."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from core.types import ActionStatus, Language, Turn
from voice.call.ears import Typed, Utterance
from voice.call.record import TurnTimes
from voice.call.speaking import Said
from voice.call.thinking import spoken, unsaid

_BARELY_S = 1.0
"""Speech of ours that a caller who goes on speaking at the same time has not taken in."""


@dataclass(slots=True, kw_only=True)
class Telling:
    """What was said, answered and heard."""

    last_sound_at: float
    """When the caller fell silent, by the loop's clock."""
    ended_at: float
    """When that was taken for the end."""
    text: str = ""
    """What the caller said."""
    turn: Turn | None = None
    given: str = ""
    """What was given to the voice of what is sure, before the turn was whole."""
    rest: list[tuple[str, Language]] = field(default_factory=list)
    """What is still to be said."""
    heard: list[str] = field(default_factory=list)
    """What the caller heard."""
    heard_s: float = 0.0
    was_cut: bool = False
    is_resumed: bool = False
    """Whether it was cut before, and its rest asked for."""
    heard_at: float | None = None
    """When the caller's words were known."""
    answered_at: float | None = None
    """When the first words of the reply were known."""
    spoken_at: float | None = None
    """When the first sound of the reply was sent."""

    @classmethod
    def of(cls, heard: Utterance | Typed) -> Telling:
        """Begin where the caller has ended."""
        now = asyncio.get_running_loop().time()
        silent_s = heard.silent_s if isinstance(heard, Utterance) else 0.0
        return cls(last_sound_at=now - silent_s, ended_at=now)

    def words_known(self, heard: Utterance | Typed) -> None:
        """Note when the caller's words were known."""
        known_at = heard.guess.known_at if isinstance(heard, Utterance) else None
        self.heard_at = asyncio.get_running_loop().time() if known_at is None else known_at

    def is_answered(self) -> None:
        """Note the time at which the first words of the reply were known."""
        if self.answered_at is None:
            self.answered_at = asyncio.get_running_loop().time()

    def took(self, words: str, language: Language, said: Said) -> None:
        """Note what became of some words of the reply; what was cut off is the beginning of the rest."""
        self.heard.append(said.words)
        self.heard_s += said.heard_s
        self.spoken_at = self.spoken_at or said.began_at
        if said.was_cut:
            self.was_cut = True
            self.rest.insert(0, (words[len(said.words) :], language))

    def is_whole(self) -> None:
        """Note that the turn is whole: what was not given to the voice before is to be said, too."""
        given = self.given
        for reply in self.turn.replies if self.turn else ():
            rest, given = unsaid(spoken(reply), given)
            if rest.strip():
                self.rest.append((rest, reply.language))

    def go_on(self, cut: Telling) -> None:
        """Take over what is left to be said of an earlier turn."""
        self.turn, self.text, self.rest = cut.turn, cut.text, cut.rest
        self.heard, self.heard_s, self.is_resumed = cut.heard, cut.heard_s, True

    @property
    def was_barely_heard(self) -> bool:
        """Return whether the caller spoke on before our answer could be taken in."""
        return self.heard_s < _BARELY_S

    @property
    def has_acted(self) -> bool:
        """Return whether something was done, of which the caller must hear."""
        return self.turn is not None and any(action.status is ActionStatus.DONE for action in self.turn.actions)

    def times(self) -> TurnTimes | None:
        """Return when its stages were over; None for a turn that was not spoken."""
        if self.heard_at is None or self.answered_at is None or self.spoken_at is None:
            return None
        return TurnTimes(
            ended_s=self.ended_at - self.last_sound_at,
            heard_s=self.heard_at - self.last_sound_at,
            answered_s=self.answered_at - self.last_sound_at,
            spoken_s=self.spoken_at - self.last_sound_at,
        )
