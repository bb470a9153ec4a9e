"""Pillow, throw, wall clock, vase, stool."""

from __future__ import annotations

import math

from assets.demo_shop.drawing.studio import INK, SNOW, WOOD, Paint, Studio, dark, pale


def cotton_pillow(s: Studio, c: Paint) -> None:
    """Draw a plump pillow with a wave and piping."""
    shape = [
        (8, 36),
        (14, 26),
        (32, 31),
        (50, 34),
        (68, 31),
        (86, 26),
        (92, 36),
        (89, 56),
        (93, 76),
        (84, 84),
        (64, 80),
        (50, 79),
        (36, 80),
        (16, 84),
        (7, 76),
        (11, 56),
    ]
    s.blob(shape, c, "ball")
    s.line([*shape, shape[0]], 0.9, dark(c, 0.25))
    s.line([(12, 56), (34, 52), (66, 52), (88, 56)], 1.6, dark(c, 0.12))
    for x0, x1 in ((12, 24), (88, 76)):
        s.line([(x0, 32), (x1, 42)], 1, dark(c, 0.15))
        s.line([(x0, 78), (x1, 70)], 1, dark(c, 0.15))
    s.box(81, 60, 90, 66, SNOW, 1)


def throw_blanket(s: Studio, c: Paint) -> None:
    """Draw a folded knitted throw with a fringe."""
    for k in range(3):
        y = 62 - 15 * k
        s.box(14 + k, y, 86 - k, y + 17, dark(c, 0.05 * k), 8, "tube", "knit")
    s.blob([(15, 30), (50, 26), (85, 30), (86, 46), (62, 50), (60, 80), (24, 82), (20, 50)], c, "down", "knit")
    for x in range(25, 60, 4):
        s.line([(x, 81), (x + math.sin(x) * 1.4, 93)], 1.5, pale(c, 0.2))
        s.oval(x, 82.5, 1.3, 1.3, dark(c, 0.1))


def wall_clock(s: Studio, c: Paint) -> None:
    """Draw a round clock at ten past ten."""
    s.oval(50, 50, 43, 43, c, "ball", "grain")
    s.oval(50, 50, 37, 37, (250, 249, 245), "flat")
    for k in range(60):
        a = k * math.pi / 30
        inner, width = (29.5, 1.7) if k % 5 == 0 else (33.4, 0.5)
        s.line(
            [(50 + inner * math.sin(a), 50 - inner * math.cos(a)), (50 + 35 * math.sin(a), 50 - 35 * math.cos(a))],
            width,
            INK,
        )
    s.line([(50, 50), (35, 41.4)], 2.4, INK)
    s.line([(50, 50), (73, 36.7)], 1.7, INK)
    s.line([(50, 57), (50, 20)], 0.7, (206, 60, 50))
    s.oval(50, 50, 2.2, 2.2, (206, 60, 50))


def ceramic_vase(s: Studio, c: Paint) -> None:
    """Draw a slim-necked vase with two blossoming twigs."""
    for twig in ([(50, 36), (44, 20), (30, 6)], [(50, 36), (57, 18), (72, 8)]):
        s.line(twig, 1.3, (96, 70, 50))
    for x, y in ((30, 7), (37, 12), (42, 20), (71, 9), (64, 12), (58, 20), (48, 26)):
        for a in range(5):
            s.oval(x + 1.9 * math.cos(a * 1.257), y + 1.9 * math.sin(a * 1.257), 1.5, 1.5, (238, 150, 160), "flat")
        s.oval(x, y, 0.9, 0.9, (250, 220, 120), "flat")
    s.lathe([(8, 34), (5.5, 40), (6.5, 48), (20, 60), (25, 72), (19, 88), (12, 94)], c, texture="rubber")
    s.oval(50, 34.4, 8, 1.9, dark(c, 0.6), "flat")
    s.line([(26, 68), (50, 71), (74, 68)], 0.8, dark(c, 0.25))


def wooden_stool(s: Studio, c: Paint) -> None:
    """Draw a round seat on four legs with a cross-bar."""
    for a, b in (((36, 36), (30, 84)), ((64, 36), (70, 84))):
        s.line([a, b], 4.6, dark(c, 0.4), curved=False)
    s.line([(28, 64), (72, 64)], 3, dark(c, 0.2), curved=False)
    for a, b in (((28, 36), (17, 92)), ((72, 36), (83, 92))):
        s.line([a, b], 6, dark(c, 0.08), curved=False)
    s.oval(50, 34, 36, 13, dark(c, 0.35), "flat", "grain")
    s.oval(50, 29.5, 36, 13, c, "down", "grain")
    s.oval(50, 30.5, 28, 9, pale(c, 0.07), "flat", "grain")
    for x in (28, 72):
        s.box(x - 2, 28, x + 2, 31, dark(WOOD, 0.3), 0.5)
