"""T-shirt, hoodie, jeans, down jacket, dress."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, SNOW, STEEL, Paint, Point, Studio, dark, pale

_SHIRT: list[Point] = [
    (36, 14), (22, 20), (5, 40), (17, 52), (27, 44), (27, 90), (73, 90), (73, 44), (83, 52), (95, 40), (78, 20),
    (64, 14),
]  # fmt: skip


def cotton_tshirt(s: Studio, c: Paint) -> None:
    """Draw a T-shirt laid out flat."""
    s.poly(_SHIRT, c, "tube")
    s.blob([(36, 14), (43, 12), (50, 13), (57, 12), (64, 14), (58, 21), (50, 23), (42, 21)], dark(c, 0.3), "flat")
    s.line([(36, 14), (42, 21), (50, 23), (58, 21), (64, 14)], 2, pale(c, 0.15))
    s.seam([(27, 46), (29, 28)], dark(c, 0.3))
    s.seam([(73, 46), (71, 28)], dark(c, 0.3))
    s.seam([(27, 86), (73, 86)], dark(c, 0.3))
    s.line([(40, 60), (42, 74), (39, 84)], 0.9, dark(c, 0.14))
    s.line([(62, 54), (60, 70), (63, 82)], 0.9, dark(c, 0.14))


def fleece_hoodie(s: Studio, c: Paint) -> None:
    """Draw a hoodie: hood, kangaroo pocket, cords, long sleeves."""
    s.poly([(28, 28), (14, 36), (6, 82), (17, 86), (28, 56)], dark(c, 0.1), "tube", "rubber")
    s.poly([(72, 28), (86, 36), (94, 82), (83, 86), (72, 56)], dark(c, 0.1), "tube", "rubber")
    s.poly([(30, 26), (24, 34), (26, 90), (74, 90), (76, 34), (70, 26)], c, "tube", "rubber")
    s.blob([(30, 32), (32, 12), (50, 5), (68, 12), (70, 32), (50, 42)], pale(c, 0.06), "ball", "rubber")
    s.blob([(38, 30), (40, 17), (50, 12), (60, 17), (62, 30), (50, 37)], dark(c, 0.5), "flat")
    s.poly([(36, 62), (64, 62), (71, 82), (29, 82)], dark(c, 0.14), "down", "rubber")
    s.line([(45, 37), (44, 54)], 1.3, SNOW)
    s.line([(55, 37), (56, 54)], 1.3, SNOW)
    for x0, x1 in ((26, 74), (5, 17.5), (82.5, 95)):
        y = 88 if x0 == 26 else 80
        s.box(x0, y, x1, y + 5, dark(c, 0.28), 1.5)


def slim_jeans(s: Studio, c: Paint) -> None:
    """Draw jeans laid out flat."""
    s.poly([(31, 8), (69, 8), (74, 40), (69, 94), (55, 94), (50, 42), (45, 94), (31, 94), (26, 40)], c, "tube", "weave")
    s.box(30.5, 6, 69.5, 12, dark(c, 0.15), 1)
    s.oval(50, 9, 1.5, 1.5, (206, 168, 92))
    s.seam([(50, 12), (50, 28), (47, 34)], (214, 160, 84))
    s.seam([(31, 14), (36, 24), (30, 28)], (214, 160, 84))
    s.seam([(69, 14), (64, 24), (70, 28)], (214, 160, 84))
    s.seam([(38, 30), (37, 94)], dark(c, 0.3))
    s.seam([(62, 30), (63, 94)], dark(c, 0.3))
    s.oval(38, 58, 5, 12, pale(c, 0.16), "flat")
    s.oval(62, 58, 5, 12, pale(c, 0.16), "flat")
    for x in (35, 43, 57, 65):
        s.box(x - 1, 5.5, x + 1, 13, dark(c, 0.3))


def down_jacket(s: Studio, c: Paint) -> None:
    """Draw a quilted jacket with a standing collar."""
    for side in (-1, 1):
        for k in range(5):
            x, y = 50 + side * (27 + 3.2 * k), 32 + 11 * k
            s.oval(x, y, 9, 7.5, c, "ball")
    s.poly([(36, 10), (64, 10), (66, 24), (34, 24)], dark(c, 0.18), "tube")
    for k in range(6):
        y = 22 + 11 * k
        s.box(27, y, 73, y + 12, c, 5.5, "ball")
    s.line([(50, 12), (50, 88)], 1.6, STEEL)
    s.line([(50, 18), (51.5, 24)], 1.6, INK)
    s.box(30, 62, 40, 65, dark(c, 0.4), 1)
    s.box(60, 62, 70, 65, dark(c, 0.4), 1)


def floral_dress(s: Studio, c: Paint) -> None:
    """Draw a dress with a wide skirt and flowers."""
    s.poly(
        [
            (38, 6),
            (42, 6),
            (46, 18),
            (54, 18),
            (58, 6),
            (62, 6),
            (66, 26),
            (60, 44),
            (84, 92),
            (16, 92),
            (40, 44),
            (34, 26),
        ],
        c,
        "tube",
    )
    s.box(39, 42, 61, 46.5, dark(c, 0.3), 1.5)
    flowers = (
        (44, 30),
        (56, 34),
        (48, 54),
        (37, 62),
        (58, 62),
        (46, 72),
        (66, 76),
        (30, 80),
        (55, 84),
        (42, 87),
        (72, 88),
    )
    for x, y in flowers:
        for dx, dy in ((-1.7, 0), (1.7, 0), (0, -1.7), (0, 1.7)):
            s.oval(x + dx, y + dy, 1.4, 1.4, SNOW, "flat")
        s.oval(x, y, 1.2, 1.2, (226, 120, 60), "flat")
    for x0, x1 in ((44, 34), (50, 50), (56, 66)):
        s.line([(x0, 48), (x1, 91)], 0.6, dark(c, 0.2))
