"""Things that the demo shop does not sell; a clerk who is shown one should say so."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, SNOW, STEEL, WOOD, Paint, Studio, dark, pale


def banana(s: Studio, c: Paint) -> None:
    """Draw a banana."""
    s.blob([(12, 30), (18, 26), (34, 56), (60, 68), (88, 60), (92, 66), (74, 84), (46, 84), (22, 62)], c, "down")
    s.line([(17, 34), (34, 66), (60, 78), (84, 68)], 1.6, dark(c, 0.2))
    s.box(9, 22, 18, 31, dark(c, 0.6), 2)
    s.oval(91, 63, 3, 3, INK)


def cactus(s: Studio, c: Paint) -> None:
    """Draw a cactus in a pot."""
    s.line([(38, 50), (24, 48), (24, 32)], 9, dark(c, 0.1))
    s.line([(62, 42), (76, 40), (76, 24)], 9, dark(c, 0.1))
    s.box(38, 10, 62, 72, c, 12, "tube")
    for x in (44, 50, 56):
        for y in range(18, 66, 8):
            s.line([(x, y), (x + 2, y - 2)], 0.6, SNOW)
    s.poly([(28, 66), (72, 66), (66, 94), (34, 94)], (186, 98, 62), "tube")
    s.box(26, 63, 74, 71, (200, 110, 72), 1.5, "tube")


def guitar(s: Studio, c: Paint) -> None:
    """Draw a guitar."""
    s.box(46, 4, 54, 56, dark(WOOD, 0.45), 1)
    s.box(44, 1, 56, 12, dark(WOOD, 0.6), 2)
    s.blob([(50, 40), (66, 44), (66, 56), (62, 62), (74, 74), (68, 94), (50, 97), (32, 94), (26, 74), (38, 62), (34, 56), (34, 44)], c, "tube", "grain")  # fmt: skip # noqa: E501 - one outline
    s.oval(50, 62, 7.5, 7.5, INK, "flat")
    s.box(40, 80, 60, 84, dark(WOOD, 0.6), 1)
    for x in (47, 49, 51, 53):
        s.line([(x, 6), (x, 82)], 0.4, STEEL)


def fish(s: Studio, c: Paint) -> None:
    """Draw a goldfish."""
    s.blob([(70, 50), (96, 26), (88, 50), (96, 76)], pale(c, 0.2), "down")
    s.blob([(40, 34), (52, 16), (64, 34)], pale(c, 0.1), "down")
    s.blob([(6, 52), (22, 36), (46, 30), (68, 40), (78, 50), (66, 62), (44, 70), (20, 66)], c, "ball", "knit")
    s.oval(20, 48, 4, 4, SNOW, "flat")
    s.oval(19.4, 48, 2.2, 2.2, INK, "flat")
    s.blob([(40, 58), (54, 66), (44, 72)], dark(c, 0.2))


def hammer(s: Studio, c: Paint) -> None:
    """Draw a hammer."""
    s.line([(30, 92), (62, 30)], 7, c, curved=False)
    s.line([(30, 92), (40, 72)], 9, (186, 50, 44), curved=False)
    s.poly([(46, 12), (84, 32), (78, 44), (40, 24)], STEEL, "down")
    s.poly([(40, 24), (46, 12), (34, 8), (22, 12), (30, 18)], dark(STEEL, 0.25), "down")


def car(s: Studio, c: Paint) -> None:
    """Draw a car."""
    s.blob(
        [(4, 66), (8, 50), (26, 46), (38, 30), (66, 30), (78, 46), (94, 50), (96, 66), (80, 72), (20, 72)], c, "down"
    )
    s.poly([(31, 46), (40, 34), (51, 34), (51, 46)], (170, 206, 226))
    s.poly([(54, 34), (64, 34), (73, 46), (54, 46)], (170, 206, 226))
    for x in (24, 76):
        s.oval(x, 70, 10, 10, INK)
        s.oval(x, 70, 5, 5, STEEL)
    s.oval(93, 56, 2.6, 3, (255, 240, 170))
