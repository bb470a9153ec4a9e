"""Kettle, flask, mug, pan, rice cooker."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, STEEL, WOOD, Paint, Studio, dark, pale


def electric_kettle(s: Studio, c: Paint) -> None:
    """Draw a bellied kettle with a spout on the left and a handle on the right."""
    s.line([(65, 30), (86, 32), (88, 55), (76, 74)], 6, INK)
    s.poly([(34, 34), (14, 24), (18, 36), (32, 52)], dark(c, 0.1), "down")
    s.lathe([(17, 26), (20, 40), (25, 60), (28, 80)], c)
    s.box(21, 80, 79, 88, INK, 3)
    s.lathe([(15, 25), (17, 26.5), (17, 29)], STEEL)
    s.oval(50, 25, 15.5, 4, pale(c, 0.15))
    s.lathe([(2.5, 16), (5, 19), (3, 23)], INK)
    s.box(33, 48, 37, 72, pale(STEEL, 0.4), 2)
    for y in (53, 59, 65):
        s.seam([(33, y), (36, y)], INK)
    s.oval(70, 76, 2.5, 2.5, (214, 70, 50))


def vacuum_flask(s: Studio, c: Paint) -> None:
    """Draw a tall slim flask with a steel collar."""
    s.lathe([(12, 26), (15, 32), (15, 60), (15, 92), (13.5, 94)], c)
    s.lathe([(12.5, 23), (12.5, 28)], STEEL)
    s.lathe([(10.5, 8), (12, 10), (12, 22.5)], dark(c, 0.25))
    s.box(47, 4.5, 53, 9, INK, 2)
    s.line([(39, 14), (30, 20), (37, 27)], 2, INK)
    s.lathe([(15.2, 86), (15.2, 88)], pale(c, 0.5))
    s.oval(50, 56, 5, 5, pale(c, 0.55), "flat")
    s.poly([(46, 58), (49, 52.5), (51, 56), (52.5, 54), (54, 58)], c)


def ceramic_mug(s: Studio, c: Paint) -> None:
    """Draw a low wide mug with a big handle."""
    s.line([(72, 40), (92, 42), (90, 66), (69, 68)], 6.5, dark(c, 0.08))
    s.lathe([(26, 30), (26, 50), (25, 70), (20, 82), (17, 84)], c)
    s.oval(50, 30, 26, 6.5, pale(c, 0.3), "flat")
    s.oval(50, 31.2, 23.5, 5, (96, 58, 36), "flat")
    s.lathe([(26.2, 62), (25.9, 66)], pale(c, 0.55))


def frying_pan(s: Studio, c: Paint) -> None:
    """Draw a pan from above, handle to the lower right."""
    s.line([(64, 60), (94, 88)], 6.5, WOOD)
    s.line([(62, 58), (70, 66)], 7, STEEL)
    s.oval(43, 42, 36, 34, dark(c, 0.2), "ball")
    s.oval(43, 42, 32, 30, c, "flat", "rubber")
    s.oval(43, 42, 27, 25, dark(c, 0.12), "flat", "rubber")
    for x, y in ((30, 34), (52, 30), (44, 50), (58, 48), (34, 55), (42, 36), (50, 42)):
        s.oval(x, y, 0.9, 0.9, pale(c, 0.5), "flat")
    s.oval(92.5, 86.5, 1.2, 1.2, pale(WOOD, 0.8), "flat")


def rice_cooker(s: Studio, c: Paint) -> None:
    """Draw a round cooker with a domed lid and a control panel."""
    s.blob([(16, 46), (22, 30), (50, 22), (78, 30), (84, 46), (83, 74), (74, 86), (26, 86), (17, 74)], c, "tube")
    s.blob([(17, 46), (24, 31), (50, 24), (76, 31), (83, 46), (50, 51)], pale(c, 0.12), "down")
    s.seam([(16.5, 47), (50, 52), (83.5, 47)], dark(c, 0.55))
    s.oval(50, 31, 6, 2.4, INK, "ball")
    s.box(33, 56, 67, 80, INK, 5)
    s.box(39, 59, 61, 67, (92, 190, 196), 1.5, "flat")
    for x in (41, 47, 53, 59):
        s.oval(x, 73, 2, 2, STEEL)
    s.box(28, 86, 36, 89, INK, 1)
    s.box(64, 86, 72, 89, INK, 1)
