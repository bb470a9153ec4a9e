"""Backpack, tote, suitcase, crossbody bag, wallet."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, STEEL, Paint, Studio, dark, pale

BRASS: Paint = (206, 168, 92)


def commuter_backpack(s: Studio, c: Paint) -> None:
    """Draw a backpack from the front: two zips, a pocket, a loop."""
    s.line([(42, 12), (50, 4), (58, 12)], 2.6, dark(c))
    s.line([(24, 28), (14, 50), (22, 80)], 5, dark(c, 0.3))
    s.line([(76, 28), (86, 50), (78, 80)], 5, dark(c, 0.3))
    s.blob(
        [(26, 34), (32, 14), (50, 9), (68, 14), (74, 34), (76, 70), (72, 90), (50, 92), (28, 90), (24, 70)],
        c,
        "tube",
        "weave",
    )
    s.line([(29, 46), (33, 22), (50, 16), (67, 22), (71, 46)], 1.2, INK)
    s.box(30, 54, 70, 86, dark(c, 0.1), 6, "down", "weave")
    s.line([(32, 60), (68, 60)], 1.2, INK)
    s.line([(66, 60), (67, 67)], 1.4, STEEL)
    s.box(42, 32, 58, 40, BROWN, 1.5)
    s.box(19, 62, 26, 86, dark(c, 0.25), 3)
    s.box(74, 62, 81, 86, dark(c, 0.25), 3)


BROWN: Paint = (120, 78, 48)


def canvas_tote(s: Studio, c: Paint) -> None:
    """Draw a tote with two long handles."""
    s.line([(34, 38), (36, 10), (50, 5), (64, 10), (66, 38)], 3, dark(c, 0.2))
    s.poly([(18, 34), (82, 34), (86, 90), (14, 90)], c, "down", "weave")
    s.line([(32, 44), (35, 14), (50, 8), (65, 14), (68, 44)], 3.4, pale(c, 0.1))
    s.seam([(18, 38), (82, 38)], dark(c, 0.4))
    s.oval(50, 64, 13, 13, pale(c, 0.55), "flat")
    s.poly([(41, 68), (47, 58), (51, 64), (54, 60), (59, 68)], dark(c, 0.2))
    s.seam([(15, 82), (85, 82)], dark(c, 0.3))


def cabin_suitcase(s: Studio, c: Paint) -> None:
    """Draw a ribbed shell on wheels with a pulled handle."""
    s.line([(40, 24), (40, 5), (60, 5), (60, 24)], 2.4, STEEL, curved=False)
    s.box(40, 3, 60, 8, INK, 2)
    for x in (30, 66):
        s.oval(x + 2, 93, 4, 4, INK)
    s.box(24, 20, 76, 90, c, 8, "tube")
    for x in (33, 41, 49, 57, 65):
        s.box(x, 24, x + 2.6, 86, dark(c, 0.22), 1.3)
        s.seam([(x - 0.8, 25), (x - 0.8, 85)], pale(c, 0.35))
    s.box(24, 52, 76, 55, dark(c, 0.45), 1)
    s.box(70, 48, 77, 59, INK, 1.5)
    s.box(43, 18, 57, 22, INK, 2)


def crossbody_bag(s: Studio, c: Paint) -> None:
    """Draw a half moon with a long strap."""
    s.line([(14, 50), (20, 16), (50, 4), (80, 16), (86, 50)], 2.4, dark(c, 0.25))
    s.blob([(10, 46), (50, 42), (90, 46), (84, 72), (66, 88), (50, 91), (34, 88), (16, 72)], c, "down", "rubber")
    s.line([(13, 51), (50, 47), (87, 51)], 1.6, BRASS)
    s.line([(84, 51), (88, 60)], 1.6, BRASS)
    s.oval(14, 48, 3, 3, BRASS)
    s.oval(86, 48, 3, 3, BRASS)
    s.seam([(17, 68), (34, 84), (50, 87), (66, 84), (83, 68)], pale(c, 0.4))


def leather_wallet(s: Studio, c: Paint) -> None:
    """Draw a folded wallet with cards showing."""
    for k, card in enumerate(((70, 130, 180), (224, 196, 90), (190, 80, 80))):
        s.box(24 + 4 * k, 22 + 4 * k, 76 - 2 * k, 50, card, 3)
    s.box(14, 34, 86, 80, dark(c, 0.25), 5, "down", "rubber")
    s.box(14, 36, 86, 82, c, 5, "down", "rubber")
    s.seam([(18, 40), (82, 40), (82, 78), (18, 78), (18, 40)], pale(c, 0.45), curved=False)
    s.box(66, 54, 90, 66, dark(c, 0.15), 5)
    s.oval(72, 60, 2.6, 2.6, BRASS)
