"""How a line sounded to the ear, estimated from its packets: the E-model.

ITU-T G.107 (06/2015) computes a rating R from 0 to 100 and from it a mean opinion score. With all that is
not known of a line at its default values, R = 93.2 - Id - Ie,eff is left (annex B gives R to MOS):

- Id, of the delay (one way, in ms): the common fit 0.024 d + 0.11 (d - 177.3) H(d - 177.3) of Cole and
  Rosenbluth, "Voice over IP performance monitoring", 2001;
- Ie,eff = Ie + (95 - Ie) Ppl / (Ppl / BurstR + Bpl), formula 7-29, with G.711 and concealment: Ie = 0,
  Bpl = 25.1 (ITU-T G.113, appendix I).
"""

from __future__ import annotations

from core.call_ports import LineQuality

_R_MOST = 93.2
_LOSS_ROBUSTNESS = 25.1
_CODING_MS = 20.0 + 40.0
"""A packet of 20 ms, and what a buffer against jitter holds at least."""


def rating(*, loss_percent: float, delay_ms: float, burst: float = 1.0) -> float:
    """Return the rating R (0 to 100) of a G.711 line.

    `burst` is BurstR: the mean length of bursts of loss over what it would be were losses independent, 1 or more.
    """
    delay = 0.024 * delay_ms + (0.11 * (delay_ms - 177.3) if delay_ms > 177.3 else 0.0)
    loss = 95.0 * loss_percent / (loss_percent / max(1.0, burst) + _LOSS_ROBUSTNESS) if loss_percent > 0 else 0.0
    return max(0.0, min(100.0, _R_MOST - delay - loss))


def opinion(r: float) -> float:
    """Return the mean opinion score (1 to 4.5) of a rating (G.107, annex B, formula B-4)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def mean_opinion(quality: LineQuality) -> float | None:
    """Return the score of a line; None where it has no packets of its own to judge by."""
    packets = quality.received + quality.lost
    if packets <= 0:
        return None
    delay_ms = quality.round_trip_ms / 2 + 2 * quality.jitter_ms + _CODING_MS
    share = quality.lost / packets
    return round(opinion(rating(loss_percent=100 * share, delay_ms=delay_ms, burst=_burst_ratio(quality, share))), 2)


def _burst_ratio(quality: LineQuality, share: float) -> float:
    """Return BurstR; independent losses come in runs of 1 / (1 - share) on average."""
    return quality.lost / quality.gaps * (1 - share) if quality.gaps else 1.0
