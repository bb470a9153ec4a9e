"""Headphones, earbuds, speaker, keyboard, mouse."""

from __future__ import annotations

from assets.demo_shop.drawing.studio import INK, SNOW, STEEL, Paint, Studio, dark, pale


def wireless_headphones(s: Studio, c: Paint) -> None:
    """Draw a headband over two big cups."""
    s.line([(20, 56), (20, 30), (50, 9), (80, 30), (80, 56)], 6, c)
    s.line([(24, 40), (28, 26), (50, 14), (72, 26), (76, 40)], 3.4, dark(c, 0.4))
    for x, side in ((22, -1), (78, 1)):
        s.line([(x, 36), (x, 56)], 2.2, STEEL)
        s.oval(x - 7 * side, 64, 10, 20, dark(c, 0.5), "tube", "rubber")
        s.oval(x, 64, 12, 21, c, "ball")
        s.oval(x + 2 * side, 64, 6, 12, pale(c, 0.12), "ball")
    s.oval(82, 78, 1.2, 1.2, (80, 200, 120), "flat")


def wireless_earbuds(s: Studio, c: Paint) -> None:
    """Draw an open case with two buds above it."""
    for x, side in ((34, -1), (66, 1)):
        s.poly([(x - 3, 26), (x + 3, 26), (x + 2.4, 56), (x - 2.4, 56)], c, "tube")
        s.oval(x, 22, 8.5, 8.5, c, "ball")
        s.oval(x - 6.5 * side, 24, 4.2, 5, dark(c, 0.55), "ball")
        s.box(x - 2.2, 52, x + 2.2, 55, STEEL, 1)
    s.box(14, 60, 86, 92, c, 16, "down")
    s.box(18, 60, 82, 68, dark(c, 0.45), 4)
    s.oval(34, 63, 7, 3, INK, "flat")
    s.oval(66, 63, 7, 3, INK, "flat")
    s.oval(50, 80, 1.6, 1.6, (80, 200, 120), "flat")


def bluetooth_speaker(s: Studio, c: Paint) -> None:
    """Draw a standing cylinder in cloth with buttons and a loop."""
    s.line([(66, 16), (86, 20), (86, 40), (72, 44)], 2.6, INK)
    s.lathe([(24, 14), (25, 20), (25, 80), (24, 90)], c, texture="weave")
    s.lathe([(23, 87), (22, 93)], INK)
    s.oval(50, 14, 24, 6.5, dark(c, 0.45))
    s.oval(50, 13.6, 18, 4.4, INK, "flat")
    s.line([(46, 13.6), (54, 13.6)], 0.9, SNOW)
    s.line([(50, 11.6), (50, 15.6)], 0.9, SNOW)
    s.box(38, 50, 62, 60, INK, 5, "flat")
    for x in (43, 47, 51, 55):
        s.line([(x, 57 - (x % 5)), (x, 57)], 1.5, pale(c, 0.6))


def mechanical_keyboard(s: Studio, c: Paint) -> None:
    """Draw a compact board, one key in another colour."""
    s.box(3, 31, 97, 75, dark(c, 0.25), 4)
    s.box(5, 33, 95, 72, dark(c, 0.5), 3)
    for row in range(5):
        y = 35 + 7.2 * row
        for column in range(14):
            x = 7 + 6.2 * column
            if row == 4 and 3 <= column <= 8:
                continue
            accent = (row, column) in ((0, 0), (3, 13))
            key = (224, 120, 60) if accent else (dark(c, 0.12) if column in (0, 12, 13) else pale(c, 0.1))
            s.box(x, y, x + 5.6, y + 6.4, dark(key, 0.3), 1)
            s.box(x + 0.6, y + 0.3, x + 5, y + 5, key, 1, "down")
    s.box(25.6, 63.8, 62.2, 70.2, dark(c, 0.3), 1)
    s.box(26.2, 64.1, 61.6, 68.8, pale(c, 0.1), 1)


def wireless_mouse(s: Studio, c: Paint) -> None:
    """Draw a rounded mouse from above."""
    s.blob([(50, 10), (70, 18), (77, 44), (74, 74), (50, 90), (26, 74), (23, 44), (30, 18)], c, "ball")
    s.blob([(23.5, 46), (27, 50), (27, 72), (40, 86), (26, 75)], dark(c, 0.25))
    s.blob([(76.5, 46), (73, 50), (73, 72), (60, 86), (74, 75)], dark(c, 0.25))
    s.seam([(50, 10.5), (50, 46)], dark(c, 0.5))
    s.seam([(25, 46), (50, 49), (75, 46)], dark(c, 0.5))
    s.box(46.6, 20, 53.4, 38, INK, 3.4, "tube")
    for y in (24, 28, 32):
        s.seam([(47.4, y), (52.6, y)], STEEL)
    s.oval(50, 43, 1.4, 1.4, (80, 200, 120), "flat")
