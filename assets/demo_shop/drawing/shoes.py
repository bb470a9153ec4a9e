"""Running shoes, canvas sneakers, boots, sandals, rain boots. Each shows the shoe from its outer side."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, SNOW, STEEL, Paint, Studio, dark, pale


def running_shoes(s: Studio, c: Paint) -> None:
    """Draw a low shoe with a thick wavy sole and a swoosh of stripes."""
    s.blob([(8, 70), (20, 68), (50, 70), (82, 66), (95, 66), (93, 78), (70, 82), (30, 82), (9, 80)], SNOW, "down")
    s.blob(
        [(10, 71), (11, 44), (20, 36), (32, 42), (46, 44), (62, 54), (84, 60), (94, 68), (60, 73), (30, 73)],
        c,
        "down",
        "knit",
    )
    s.blob([(10, 70), (11, 46), (18, 40), (24, 56), (24, 72)], dark(c, 0.3), "tube")
    s.blob([(13, 41), (20, 35), (32, 41), (30, 46), (18, 46)], dark(c, 0.6), "flat")
    for k in range(4):
        s.line([(38 + 6 * k, 43 + 3 * k), (44 + 6 * k, 51 + 2.4 * k)], 1.6, SNOW)
    for k in range(3):
        s.line([(32 + 7 * k, 70), (42 + 6 * k, 56 + k)], 1.8, pale(c, 0.6))
    s.line([(10, 80), (40, 83), (70, 82.5), (93, 77)], 2.4, dark(c, 0.3))


def canvas_sneakers(s: Studio, c: Paint) -> None:
    """Draw a high-top with a white toe cap and a round patch with a roof on it."""
    s.blob(
        [(14, 70), (12, 24), (18, 18), (40, 18), (44, 24), (50, 46), (70, 56), (92, 62), (94, 74), (50, 76), (16, 75)],
        c,
        "down",
        "weave",
    )
    s.blob([(76, 58), (90, 60), (95, 70), (92, 76), (76, 76)], SNOW, "ball")
    s.box(11, 73, 95, 82, SNOW, 3)
    s.line([(12, 76.5), (94, 76.5)], 0.8, (200, 60, 56))
    s.oval(25, 38, 8, 8, SNOW, "flat")
    s.line([(20, 40), (23.5, 36), (26.5, 40), (30, 36)], 1.5, dark(c, 0.1), curved=False)
    for k in range(6):
        y = 24 + 6 * k
        s.line([(38 + 2.4 * k, y), (47 + 3.8 * k, y + 1)], 1.6, SNOW)
    s.seam([(16, 22), (15, 72)], pale(c, 0.4))


def leather_boots(s: Studio, c: Paint) -> None:
    """Draw an ankle boot with a heel, laces and a deep tread."""
    s.blob(
        [(18, 74), (16, 40), (18, 12), (46, 12), (50, 30), (52, 46), (72, 54), (92, 64), (93, 76), (50, 78), (20, 78)],
        c,
        "down",
        "rubber",
    )
    s.box(16, 9, 48, 16, dark(c, 0.3), 2)
    s.blob([(72, 56), (92, 64), (93, 76), (70, 77)], pale(c, 0.1), "ball")
    for k in range(6):
        s.line([(42 + 1.2 * k, 22 + 5.4 * k), (52 + 2.6 * k, 24 + 5 * k)], 1.5, (226, 196, 120))
    s.line([(30, 14), (31, 70)], 1, STEEL)
    s.box(17, 77, 95, 82, dark(c, 0.55), 2)
    for x in range(19, 92, 8):
        s.box(x, 81, x + 5, 86, INK, 1)
    s.box(17, 80, 36, 89, INK, 1.5)


def summer_sandals(s: Studio, c: Paint) -> None:
    """Draw a pair of sandals from above."""
    for x, lean in ((30, -1), (70, 1)):
        sole = [(x, 8), (x + 15, 22), (x + 13, 50), (x + 11, 84), (x, 94), (x - 11, 84), (x - 13, 50), (x - 15, 22)]
        s.blob([(px, py + 1.5) for px, py in sole], dark(c, 0.45))
        s.blob(sole, pale(c, 0.22), "down", "rubber")
        for k in range(6):
            s.seam([(x - 8, 68 + 4 * k), (x + 8, 68 + 4 * k)], dark(c, 0.2))
        s.line([(x - 15, 30 + 4 * lean), (x, 24), (x + 15, 30 - 4 * lean)], 7, c)
        s.line([(x - 14, 50), (x, 45), (x + 14, 50)], 7, c)
        s.box(x + 8 * lean - 3, 43, x + 8 * lean + 3, 51, STEEL, 1)


def kids_rain_boots(s: Studio, c: Paint) -> None:
    """Draw a pair of short rubber boots with loops and dots."""
    for dx, dy in ((14, -5), (0, 4)):
        shaft = [(18, 8), (50, 8), (51, 50), (62, 60), (80, 66), (82, 80), (60, 84), (22, 84), (17, 74)]
        s.line([(24 + dx, 11 + dy), (34 + dx, 1 + dy), (44 + dx, 11 + dy)], 2.4, dark(c, 0.3))
        s.poly([(x + dx, y + dy) for x, y in shaft], c, "tube")
        s.oval(34 + dx, 8 + dy, 16, 3.4, dark(c, 0.5), "flat")
        s.box(16 + dx, 82 + dy, 83 + dx, 88 + dy, SNOW, 2.5)
        for x, y in ((25, 24), (40, 34), (27, 48), (42, 58), (28, 70), (60, 72)):
            s.oval(x + dx, y + dy, 3.6, 3.6, pale(c, 0.7), "flat")
