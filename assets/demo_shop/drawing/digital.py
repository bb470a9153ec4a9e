"""Power bank, watch, phone case, charger, tablet stand."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, SNOW, STEEL, Paint, Studio, dark, pale


def power_bank(s: Studio, c: Paint) -> None:
    """Draw a slab with a digital gauge and ports on top."""
    s.box(27, 10, 77, 92, dark(c, 0.4), 7)
    s.box(23, 10, 73, 92, c, 7, "tube")
    s.box(30, 12, 40, 15, INK, 1)
    s.box(44, 12, 52, 15, INK, 1.5)
    s.box(56, 12, 66, 15, INK, 1)
    s.box(36, 28, 60, 44, INK, 3, "flat")
    for x in (41, 48.5):
        s.line(
            [(x, 31), (x + 4.4, 31), (x + 4.4, 36), (x, 36), (x, 41), (x + 4.4, 41)], 1.1, (110, 220, 150), curved=False
        )
    s.poly([(50, 58), (42, 72), (48, 72), (46, 82), (55, 67), (49, 67)], dark(c, 0.3) if sum(c) > 300 else pale(c, 0.4))


def smart_watch(s: Studio, c: Paint) -> None:
    """Draw a round watch on a strap."""
    s.poly([(38, 2), (62, 2), (66, 30), (34, 30)], c, "tube", "rubber")
    s.poly([(34, 70), (66, 70), (62, 98), (38, 98)], c, "tube", "rubber")
    for y in (80, 85, 90):
        s.oval(50, y, 1.2, 1.8, dark(c, 0.6), "flat")
    s.box(76, 44, 82, 55, STEEL, 2)
    s.oval(50, 50, 28, 28, STEEL, "ball")
    s.oval(50, 50, 25, 25, (14, 16, 22), "flat")
    for share, ring in ((20, (232, 84, 110)), (16.4, (120, 220, 120)), (12.8, (80, 190, 240))):
        s.line(
            [
                (50, 50 - share),
                (50 + share * 0.87, 50 - share / 2),
                (50 + share, 50),
                (50 + share * 0.6, 50 + share * 0.8),
                (50, 50 + share),
            ],
            2,
            ring,
        )
    s.line([(50, 50), (42, 42)], 1.6, SNOW)
    s.line([(50, 50), (50, 36)], 1.2, SNOW)


def phone_case(s: Studio, c: Paint) -> None:
    """Draw the back of a case with three lens holes and a magnet ring."""
    s.box(28, 5, 74, 96, dark(c, 0.45), 9)
    s.box(26, 4, 72, 95, c, 9, "down")
    s.box(30, 8, 52, 32, dark(c, 0.3), 6)
    for x, y in ((36, 14.5), (36, 25.5), (46, 20)):
        s.oval(x, y, 4.4, 4.4, INK)
        s.oval(x, y, 2.2, 2.2, (70, 90, 130), "ball")
    ring = [(49, 44), (60, 49), (63, 58), (60, 67), (49, 72), (38, 67), (35, 58), (38, 49), (49, 44)]
    s.line(ring, 1.6, pale(c, 0.5))
    s.line([(49, 76), (49, 84)], 1.6, pale(c, 0.5))
    s.box(71, 26, 74, 40, dark(c, 0.6), 1)


def fast_charger(s: Studio, c: Paint) -> None:
    """Draw a cube with folding pins, ports and a coiled cable."""
    s.line([(70, 70), (88, 76), (92, 90), (70, 95), (40, 93), (34, 86), (60, 84), (80, 90)], 2.2, pale(c, 0.15))
    s.box(34, 8, 38, 24, STEEL, 1)
    s.box(52, 8, 56, 24, STEEL, 1)
    s.poly([(64, 26), (80, 18), (80, 66), (64, 76)], dark(c, 0.3))
    s.poly([(22, 26), (38, 18), (80, 18), (64, 26)], pale(c, 0.2))
    s.box(21, 26, 65, 76, c, 4, "down")
    for y in (36, 47):
        s.box(34, y, 52, y + 5, INK, 2.5)
    s.box(34, 58, 52, 65, INK, 1)
    s.box(37, 60, 49, 62.5, (230, 130, 60), 0.5)


def tablet_stand(s: Studio, c: Paint) -> None:
    """Draw a two-hinged stand with a tablet leaning on it."""
    s.poly([(20, 84), (74, 84), (82, 92), (12, 92)], c, "down")
    s.line([(54, 86), (72, 60)], 6, dark(c, 0.2))
    s.line([(72, 60), (56, 46)], 5, dark(c, 0.1))
    s.oval(72, 60, 4.4, 4.4, STEEL)
    s.poly([(16, 66), (24, 8), (84, 14), (76, 72)], (40, 44, 52), "down")
    s.poly([(20, 63), (27, 12), (80, 17), (73, 68)], (120, 170, 210), "flat")
    s.poly([(22.3, 52), (40, 36), (52, 46), (62, 38), (76, 54), (73.5, 67.5), (20.5, 62.5)], (74, 128, 100))
    s.poly([(12, 65), (80, 71), (79, 77), (11, 71)], c, "down")
