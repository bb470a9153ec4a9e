"""What a network does to packets: losses in bursts, jitter, packets that overtake each other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How badly packets travel."""

    loss: float = 0.0
    """Share of packets that never arrive."""
    burst: float = 1.0
    """Mean length of a run of lost packets; 1 is the shortest that a run can be."""
    jitter_ms: float = 0.0
    """Packets take up to twice this longer than the fastest, evenly spread: this long on average."""
    reorder: float = 0.0
    """Share of packets that are held up so long that the next one overtakes them."""
    packet_ms: int = 20

    def __post_init__(self) -> None:
        """Refuse what no network can do."""
        if not 0 <= self.loss <= 0.9 or self.burst < 1:
            raise ValueError("loss is 0 to 0.9 and burst at least 1")
        if self.loss and self._to_loss > 1:
            raise ValueError(f"a loss of {self.loss:.0%} needs bursts longer than {self.burst:g} packets")
        if self.jitter_ms < 0 or not 0 <= self.reorder <= 1:
            raise ValueError("jitter is not negative and reorder is 0 to 1")
        if self.packet_ms not in (10, 20, 30, 40, 60):
            raise ValueError("packets are 10, 20, 30, 40 or 60 ms long")

    @property
    def _to_loss(self) -> float:
        return self.loss / (self.burst * (1 - self.loss))

    @property
    def _overtaken_ms(self) -> float:
        return self.packet_ms + 2 * self.jitter_ms + 1

    @property
    def slowest_ms(self) -> float:
        """Return how late the latest packet can be."""
        return 2 * self.jitter_ms + (self._overtaken_ms if self.reorder else 0)

    def delays(self, chance: random.Random) -> Iterator[float | None]:
        """Yield for each packet by how many milliseconds it is late; None where it is lost.

        Losses follow the two states of Gilbert's model (Bell System Technical Journal 39, 1960): in the bad
        one all is lost, and it is left with probability 1/burst, so that runs are `burst` long on average.
        """
        is_bad = chance.random() < self.loss
        while True:
            delay = chance.uniform(0, 2 * self.jitter_ms)
            if chance.random() < self.reorder:
                delay += self._overtaken_ms
            yield None if is_bad else delay
            is_bad = chance.random() >= 1 / self.burst if is_bad else chance.random() < self._to_loss
