"""Silence that need not be sent, on lines whose carrier plays silence by itself."""

from __future__ import annotations

from core.ports import Pcm

_TAIL = 5
"""Silent frames sent after speech, so that the resampler's last samples get out."""


class Pauses:
    """Tell which frames belong to a pause.

    A pause that is not sent lets the carrier's queue run dry, so that a stall of ours never becomes a
    delay for the rest of the call.
    """

    def __init__(self) -> None:
        """Begin in a pause."""
        self._silent = _TAIL

    def has(self, frame: Pcm) -> bool:
        """Return whether `frame` is silent, and was so for long enough."""
        self._silent = 0 if frame.any() else self._silent + 1
        return self._silent > _TAIL
