"""Teddy bear, building blocks, magic cube, wooden train, kite."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, SNOW, WOOD, Paint, Studio, dark, pale

_RAINBOW: tuple[Paint, ...] = (
    (206, 56, 52),
    (238, 140, 46),
    (240, 204, 66),
    (72, 160, 92),
    (56, 112, 190),
    (142, 86, 168),
)


def teddy_bear(s: Studio, c: Paint) -> None:
    """Draw a sitting bear with a ribbon."""
    for x in (31, 69):
        s.oval(x, 15, 9, 9, c, "ball", "fur")
        s.oval(x, 16, 5, 5, pale(c, 0.45), "flat", "fur")
    s.oval(22, 58, 9, 17, dark(c, 0.06), "ball", "fur")
    s.oval(78, 58, 9, 17, dark(c, 0.06), "ball", "fur")
    s.oval(50, 66, 25, 25, c, "ball", "fur")
    s.oval(50, 69, 15, 16, pale(c, 0.4), "ball", "fur")
    for x in (28, 72):
        s.oval(x, 84, 13, 12, c, "ball", "fur")
        s.oval(x, 85, 7, 6.5, pale(c, 0.45), "flat", "fur")
    s.oval(50, 29, 24, 21, c, "ball", "fur")
    s.oval(50, 36, 11, 9, pale(c, 0.5), "ball", "fur")
    s.oval(50, 32, 4, 2.8, INK)
    s.line([(44, 38), (50, 41), (56, 38)], 1.1, INK)
    for x in (40, 60):
        s.oval(x, 26, 2.5, 2.8, INK)
    s.poly([(50, 51), (36, 45), (36, 57)], (196, 50, 60), "down")
    s.poly([(50, 51), (64, 45), (64, 57)], (196, 50, 60), "down")
    s.oval(50, 51, 3, 3, (160, 36, 46))


def building_blocks(s: Studio, c: Paint) -> None:
    """Draw a small wall of bricks in six colours; all of them come in every set."""
    layout = ((12, 74, 38), (51, 74, 38), (22, 58, 26), (49, 58, 32), (30, 42, 38), (38, 26, 22))
    for k, (x, y, width) in enumerate(layout):
        brick = _RAINBOW[k]
        for stud in range(int(width // 12)):
            sx = x + 7 + stud * (width / (width // 12))
            s.box(sx - 3.6, y - 3.4, sx + 3.6, y + 2, dark(brick, 0.12), 1.4, "tube")
        s.poly([(x + width, y), (x + width + 5, y - 3), (x + width + 5, y + 12), (x + width, y + 15)], dark(brick, 0.4))
        s.box(x, y, x + width, y + 15, brick, 1.2)
    s.line([(12, 90.5), (89, 90.5)], 0.8, dark(c, 0.5))


def magic_cube(s: Studio, c: Paint) -> None:
    """Draw a twisted cube from a corner, three sides visible."""
    top, left, right = (50, 8), (12, 28), (88, 28)
    sides = (
        ((top), (19 / 1.5, 20 / 3), (-19 / 1.5, 20 / 3), (4, 2, 4, 2, 4, 0, 4, 5, 2)),
        ((left), (38 / 3, 20 / 3), (0, 44 / 3), (0, 0, 3, 0, 3, 3, 1, 0, 3)),
        (((50, 48)), (38 / 3, -20 / 3), (0, 44 / 3), (3, 1, 1, 5, 1, 0, 1, 1, 4)),
    )
    colors = (*_RAINBOW[:5], SNOW)
    s.poly([top, right, (88, 72), (50, 93), (12, 72), left], dark(c, 0.85))
    for (x, y), (ux, uy), (vx, vy), faces in sides:
        for k, face in enumerate(faces):
            i, j = k % 3, k // 3
            corner = (x + ux * i + vx * j, y + uy * i + vy * j)
            tile = [(0.07, 0.07), (0.93, 0.07), (0.93, 0.93), (0.07, 0.93)]
            s.poly([(corner[0] + ux * a + vx * b, corner[1] + uy * a + vy * b) for a, b in tile], colors[face], "down")


def wooden_train(s: Studio, c: Paint) -> None:
    """Draw an engine with a wagon."""
    s.line([(52, 72), (62, 72)], 2, INK)
    s.box(60, 50, 95, 74, pale(c, 0.3), 2, "down", "grain")
    for x in (66, 74, 82):
        s.oval(x + 4, 48, 4.4, 4.4, WOOD)
    s.box(8, 46, 38, 70, c, 8, "down", "grain")
    s.box(34, 26, 54, 74, dark(c, 0.12), 2, "down", "grain")
    s.box(31, 20, 57, 27, WOOD, 2, "down", "grain")
    s.box(39, 33, 49, 45, (188, 224, 240), 1.5, "flat")
    s.poly([(13, 46), (21, 46), (23, 28), (11, 28)], INK, "tube")
    s.box(6, 68, 56, 75, WOOD, 1, "down", "grain")
    s.oval(8, 58, 3, 4.5, (250, 214, 110))
    for x in (16, 30, 45, 68, 87):
        s.oval(x, 79, 7.6, 7.6, dark(WOOD, 0.25))
        s.oval(x, 79, 4, 4, _RAINBOW[2])


def flying_kite(s: Studio, c: Paint) -> None:
    """Draw a swallow kite with a forked tail and a line."""
    s.line([(50, 50), (62, 74), (56, 92), (74, 97)], 0.6, INK)
    s.blob([(50, 30), (70, 16), (96, 22), (88, 34), (72, 44), (54, 50)], c, "down", "weave")
    s.blob([(50, 30), (30, 16), (4, 22), (12, 34), (28, 44), (46, 50)], c, "down", "weave")
    s.poly([(46, 54), (54, 54), (68, 88), (56, 76), (50, 64), (44, 76), (32, 88)], dark(c, 0.2), "down", "weave")
    s.blob([(50, 14), (57, 24), (56, 46), (50, 58), (44, 46), (43, 24)], SNOW, "down")
    s.oval(50, 18, 6, 6, INK)
    for x in (47.6, 52.4):
        s.oval(x, 16.5, 1.3, 1.3, SNOW, "flat")
    for x, y in ((22, 28), (34, 32), (66, 32), (78, 28)):
        s.oval(x, y, 4, 4, (250, 220, 110), "flat")
        s.oval(x, y, 2, 2, dark(c, 0.3), "flat")
