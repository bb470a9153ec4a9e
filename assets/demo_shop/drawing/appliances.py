"""Lamp, humidifier, fan, hair dryer, robot vacuum."""

from __future__ import annotations

import math

from assets.demo_shop.drawing.studio import INK, STEEL, Paint, Studio, dark, pale


def desk_lamp(s: Studio, c: Paint) -> None:
    """Draw a lamp with a bent arm and a cone of warm light."""
    s.poly([(14, 40), (44, 34), (52, 84), (2, 84)], (255, 246, 206))
    s.lathe([(19, 86), (20, 88), (20, 91)], dark(c, 0.1), x=64)
    s.line([(64, 86), (82, 52)], 3, c, curved=False)
    s.line([(82, 52), (40, 18)], 3, c, curved=False)
    s.oval(82, 52, 3.2, 3.2, STEEL)
    s.poly([(36, 12), (46, 20), (46, 34), (12, 42), (20, 24)], c, "tube")
    s.poly([(12, 42), (46, 34), (44, 37), (15, 44.5)], (255, 240, 170))
    s.oval(64, 85, 3.5, 1.5, INK)


def humidifier(s: Studio, c: Paint) -> None:
    """Draw a drop-shaped humidifier with mist."""
    for x, y, r in ((50, 14, 5), (56, 8, 4), (44, 7, 4.5), (52, 3, 3)):
        s.oval(x, y, r, r * 0.7, (226, 234, 240), "flat")
    s.lathe([(4, 20), (9, 26), (21, 46), (27, 66), (24, 84), (17, 90)], pale(c, 0.1))
    s.lathe([(27.2, 64), (26.4, 76), (22, 87), (17, 90.5)], dark(c, 0.12))
    s.lathe([(4.4, 19), (5, 22)], STEEL)
    s.oval(50, 76, 4.5, 4.5, SOFT)
    s.oval(50, 76, 2.6, 2.6, (255, 214, 130), "flat")
    s.seam([(23, 64), (50, 67.5), (77, 64)], dark(c, 0.4))


SOFT: Paint = (236, 238, 240)


def desk_fan(s: Studio, c: Paint) -> None:
    """Draw a round caged fan on a stand."""
    s.lathe([(3.5, 62), (3.5, 84)], dark(c, 0.15))
    s.lathe([(17, 86), (19, 89), (19, 92)], c)
    s.oval(50, 40, 34, 34, dark(c, 0.1), "flat")
    s.oval(50, 40, 31, 31, (235, 237, 240), "flat")
    for k in range(7):
        a = k * 2 * math.pi / 7
        tip = [
            (50 + r * math.cos(a + d), 40 + r * math.sin(a + d)) for r, d in ((6, 0), (27, 0.1), (28, 0.55), (8, 0.8))
        ]
        s.blob(tip, c, "down")
    for r in (12, 18, 24, 30):
        ring = [(50 + r * math.cos(t / 20 * math.pi), 40 + r * math.sin(t / 20 * math.pi)) for t in range(41)]
        s.line(ring, 0.5, STEEL)
    for k in range(16):
        a = k * math.pi / 8
        s.line(
            [(50 + 7 * math.cos(a), 40 + 7 * math.sin(a)), (50 + 32 * math.cos(a), 40 + 32 * math.sin(a))], 0.5, STEEL
        )
    s.oval(50, 40, 7, 7, dark(c, 0.2))


def hair_dryer(s: Studio, c: Paint) -> None:
    """Draw a dryer: barrel to the left, handle down."""
    s.poly([(56, 44), (70, 44), (66, 92), (52, 92)], dark(c, 0.1), "tube")
    s.line([(60, 92), (62, 98)], 2.4, INK)
    s.blob([(34, 18), (60, 14), (80, 22), (86, 34), (78, 46), (56, 50), (34, 46)], c, "down")
    s.poly([(34, 18), (18, 16), (18, 48), (34, 46)], INK, "down")
    s.poly([(18, 16), (13, 20), (13, 44), (18, 48)], STEEL, "down")
    s.oval(76, 33, 8.5, 11, dark(c, 0.35))
    for x in (71, 74, 77, 80):
        s.seam([(x, 26), (x, 40)], pale(c, 0.3))
    s.oval(60, 60, 2.2, 3, STEEL)
    s.oval(59, 70, 2.2, 3, STEEL)


def robot_vacuum(s: Studio, c: Paint) -> None:
    """Draw a flat disc seen from above at a slant, with a laser turret."""
    for a in (-0.3, 0.6, 1.5):
        s.line([(20, 74), (20 + 15 * math.cos(a + 1.6), 78 + 8 * math.sin(a + 1.6))], 0.9, INK)
    s.oval(50, 62, 42, 27, dark(c, 0.45), "ball")
    s.oval(50, 55, 42, 27, c, "ball")
    s.oval(50, 55, 38, 24, pale(c, 0.06), "flat")
    s.oval(50, 45, 12, 7, dark(c, 0.3))
    s.oval(50, 41, 12, 7, dark(c, 0.1))
    s.oval(50, 40.5, 8, 4.4, INK, "flat")
    s.box(43, 66, 57, 69, STEEL, 1.5)
    s.oval(62, 67.5, 1.6, 1.2, (90, 180, 240))
    s.seam([(13, 62), (30, 77), (50, 81), (70, 77), (87, 62)], STEEL)
