"""Umbrella, tent, camping chair, sports bottle, lantern."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, SNOW, STEEL, Paint, Studio, dark, pale


def folding_umbrella(s: Studio, c: Paint) -> None:
    """Draw an open umbrella with panels and a crook."""
    s.line([(50, 8), (50, 84)], 1.8, STEEL)
    s.line([(50, 80), (50, 92), (56, 96), (61, 91)], 3.4, INK)
    edge = [5, 23, 41, 59, 77, 95]
    for k in range(5):
        shade = dark(c, 0.12 * abs(k - 1.6))
        x0, x1 = edge[k], edge[k + 1]
        s.poly([*_bow((50, 12), (x0, 50)), ((x0 + x1) / 2, 45), *reversed(_bow((50, 12), (x1, 50)))], shade, "down")
        s.seam(_bow((50, 12), (x0, 50)), dark(c, 0.4))
    s.line([(50, 12), (50, 5)], 1.8, STEEL)


def _bow(top: tuple[float, float], low: tuple[float, float]) -> list[tuple[float, float]]:
    """Return a rib from the top to the rim, bent outwards."""
    (x0, y0), (x1, y1) = top, low
    return [(x0 + (x1 - x0) * (1 - (1 - t) ** 1.9), y0 + (y1 - y0) * t**1.5) for t in (k / 12 for k in range(13))]


def camping_tent(s: Studio, c: Paint) -> None:
    """Draw a dome tent with an open door and guy lines."""
    for x in (2, 98):
        s.line([(50 + (x - 50) * 0.5, 40), (x, 86)], 0.7, INK)
    s.blob([(7, 84), (20, 48), (50, 20), (80, 48), (93, 84), (50, 86)], c, "tube")
    s.blob([(26, 85), (38, 50), (50, 34), (62, 50), (74, 85), (50, 86)], dark(c, 0.55), "flat")
    s.poly([(50, 35), (27, 85), (41, 85)], pale(c, 0.4), "down")
    s.poly([(50, 35), (73, 85), (66, 85)], pale(c, 0.3), "down")
    s.line([(8, 84), (22, 46), (50, 19), (78, 46), (92, 84)], 1.4, INK)
    s.line([(50, 20), (30, 60), (25, 85)], 0.8, dark(c, 0.5))
    s.line([(50, 20), (70, 60), (75, 85)], 0.8, dark(c, 0.5))
    s.box(5, 83, 95, 87, dark(c, 0.4), 1)


def camping_chair(s: Studio, c: Paint) -> None:
    """Draw a folding chair with crossed legs and a cup holder."""
    for a, b in (((20, 94), (72, 58)), ((80, 94), (28, 58)), ((26, 94), (80, 62)), ((74, 94), (20, 62))):
        s.line([a, b], 2.4, STEEL, curved=False)
    s.line([(24, 60), (20, 8)], 2.6, STEEL, curved=False)
    s.line([(76, 60), (80, 8)], 2.6, STEEL, curved=False)
    s.blob([(20, 10), (50, 14), (80, 10), (77, 52), (50, 57), (23, 52)], c, "down", "weave")
    s.blob([(22, 56), (50, 60), (78, 56), (84, 68), (50, 76), (16, 68)], dark(c, 0.14), "down", "weave")
    for x in (14, 86):
        s.line([(x, 42), (x + (4 if x < 50 else -4), 66)], 2.4, STEEL)
        s.box(x - 7, 39, x + 7, 45, INK, 3)
    s.lathe([(5, 44), (4.4, 54)], dark(c, 0.4), x=88)
    s.seam([(24, 16), (50, 20), (76, 16)], pale(c, 0.5))


def sports_bottle(s: Studio, c: Paint) -> None:
    """Draw a see-through bottle with a waist, a flip lid and a loop."""
    s.line([(58, 14), (72, 16), (70, 30), (60, 30)], 2.6, INK)
    s.lathe([(15, 30), (19, 38), (15, 56), (18, 72), (18, 90), (16, 94)], pale(c, 0.35))
    s.lathe([(17, 46), (14.6, 57), (17.4, 72), (17.4, 90), (15.4, 93)], pale(c, 0.08))
    for k in range(5):
        s.line([(54, 48 + 9 * k), (60, 48 + 9 * k)], 1, SNOW)
    s.lathe([(14, 18), (15.6, 20), (15.6, 31)], dark(c, 0.25))
    s.lathe([(6, 8), (8, 12), (8, 18)], INK)
    s.box(43, 4, 57, 10, pale(INK, 0.15), 3)


def camping_lantern(s: Studio, c: Paint) -> None:
    """Draw a storm lantern: wire handle, glass, cage."""
    s.line([(26, 44), (22, 14), (50, 4), (78, 14), (74, 44)], 1.8, STEEL)
    s.lathe([(4, 14), (12, 20), (18, 28), (18, 33)], c)
    s.lathe([(15, 33), (20, 44), (20, 58), (16, 68)], (255, 238, 190))
    s.blob([(50, 38), (57, 52), (50, 62), (43, 52)], (255, 196, 84), "flat")
    for x in (30, 40, 60, 70):
        s.line([(50 + (x - 50) * 0.8, 33), (x, 50), (50 + (x - 50) * 0.8, 68)], 1.1, dark(c, 0.3))
    s.lathe([(18, 68), (26, 76), (28, 88), (26, 92)], c)
    s.line([(26, 30), (25, 74)], 2.4, dark(c, 0.25))
    s.line([(74, 30), (75, 74)], 2.4, dark(c, 0.25))
    s.oval(50, 82, 4.4, 4.4, STEEL)
    s.line([(50, 82), (52, 79)], 0.9, INK)
