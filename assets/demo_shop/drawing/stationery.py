"""Notebook, fountain pen, pencil case, travel pillow, beanie."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, SNOW, STEEL, Paint, Studio, dark, pale

_BRASS: Paint = (206, 168, 92)


def hardcover_notebook(s: Studio, c: Paint) -> None:
    """Draw a closed notebook with a band and a ribbon."""
    s.poly([(26, 12), (80, 12), (84, 15), (84, 92), (26, 92)], dark(c, 0.4))
    s.poly([(78, 14), (82, 16), (82, 90), (78, 90)], (240, 234, 220))
    s.box(20, 8, 78, 90, c, 3, "down", "rubber")
    s.box(20, 8, 27, 90, dark(c, 0.3), 1.5)
    s.box(66, 8, 69.5, 90, dark(c, 0.6))
    s.box(34, 24, 60, 38, (240, 234, 220), 1.5, "flat")
    s.seam([(38, 29), (56, 29)], INK)
    s.seam([(38, 33), (50, 33)], INK)
    s.poly([(44, 90), (48, 90), (48, 99), (46, 96.5), (44, 99)], (190, 50, 56))


def fountain_pen(s: Studio, c: Paint) -> None:
    """Draw an uncapped pen at a slant, its cap beside it."""
    s.poly([(86, 10), (93, 17), (50, 60), (43, 53)], c, "down")
    s.poly([(43, 53), (50, 60), (36, 73), (30, 67)], dark(c, 0.5), "down")
    s.poly([(30, 67), (36, 73), (20, 84)], _BRASS, "down")
    s.line([(20, 84), (30, 73)], 0.6, INK)
    s.poly([(47, 49.6), (53.4, 56), (50.6, 58.8), (44.2, 52.4)], _BRASS, "down")
    s.poly([(84, 50), (92, 58), (64, 86), (56, 78)], c, "down")
    s.line([(88, 62), (70, 80)], 1.8, _BRASS)
    s.oval(87, 55, 4, 4, _BRASS)
    s.line([(10, 90), (16, 87), (20, 85)], 0.8, INK)


def pencil_case(s: Studio, c: Paint) -> None:
    """Draw a whale of canvas with a zip along its back."""
    s.poly([(82, 46), (90, 26), (98, 34), (92, 48)], dark(c, 0.15), "down", "weave")
    s.poly([(84, 42), (80, 22), (90, 26), (90, 44)], dark(c, 0.1), "down", "weave")
    s.blob(
        [(5, 56), (12, 36), (36, 28), (64, 34), (86, 44), (88, 54), (70, 72), (36, 78), (12, 72)], c, "down", "weave"
    )
    s.blob([(6, 60), (30, 66), (60, 64), (80, 58), (70, 72), (36, 78), (12, 72)], SNOW, "down", "weave")
    s.line([(14, 37), (36, 30), (64, 36), (84, 45)], 1.6, INK)
    s.line([(16, 38), (13, 46)], 2, STEEL)
    s.oval(22, 52, 2.2, 2.4, INK)
    s.line([(8, 60), (16, 62), (22, 60)], 0.9, INK)
    s.poly([(44, 62), (58, 62), (52, 76)], dark(c, 0.2), "down", "weave")
    for x in (32, 42, 52, 62):
        s.seam([(x, 68), (x - 4, 76)], (196, 198, 200))


def travel_pillow(s: Studio, c: Paint) -> None:
    """Draw a U of foam with a clasp."""
    s.blob(
        [
            (26, 90),
            (12, 70),
            (10, 40),
            (26, 14),
            (50, 8),
            (74, 14),
            (90, 40),
            (88, 70),
            (74, 90),
            (62, 82),
            (64, 58),
            (60, 42),
            (50, 37),
            (40, 42),
            (36, 58),
            (38, 82),
        ],
        c,
        "ball",
        "rubber",
    )
    s.line(
        [(25, 84), (20, 60), (22, 40), (34, 24), (50, 20), (66, 24), (78, 40), (80, 60), (75, 84)], 0.8, dark(c, 0.35)
    )
    s.line([(38, 84), (50, 90), (62, 84)], 1.4, INK)
    s.box(46, 86, 54, 93, INK, 1.5)
    s.box(44, 10, 56, 15, SNOW, 1)


def knit_beanie(s: Studio, c: Paint) -> None:
    """Draw a ribbed cap with a bobble and a turned-up brim."""
    s.blob([(16, 66), (18, 44), (32, 26), (50, 21), (68, 26), (82, 44), (84, 66), (50, 70)], c, "ball", "knit")
    for x in (28, 39, 50, 61, 72):
        s.line([(50 + (x - 50) * 0.4, 24), (50 + (x - 50) * 0.9, 42), (x, 66)], 0.9, dark(c, 0.22))
    s.blob([(12, 64), (50, 68), (88, 64), (88, 84), (50, 89), (12, 84)], pale(c, 0.14), "tube", "knit")
    for x in range(16, 88, 6):
        s.line([(x, 67), (x, 85)], 0.8, dark(c, 0.2))
    s.oval(50, 15, 12, 11.5, SNOW, "ball", "fur")
