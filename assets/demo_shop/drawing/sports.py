"""Yoga mat, dumbbells, basketball, jump rope, badminton racket."""

from __future__ import annotations

import math

from assets.demo_shop.drawing.studio import INK, SNOW, STEEL, Paint, Studio, dark, pale


def yoga_mat(s: Studio, c: Paint) -> None:
    """Draw a mat half unrolled."""
    s.poly([(8, 70), (62, 44), (92, 60), (40, 92)], c, "down", "weave")
    s.line([(26, 80), (78, 52)], 0.8, pale(c, 0.6))
    s.line([(50, 72), (58, 76)], 0.8, pale(c, 0.6))
    s.poly([(62, 44), (92, 60), (90, 36), (64, 20)], dark(c, 0.2), "tube", "weave")
    s.poly([(8, 70), (40, 92), (40, 66), (10, 46)], dark(c, 0.1), "down", "weave")
    for k, r in enumerate((13.5, 10.5, 7.5, 4.5)):
        s.oval(23, 58, r * 0.85, r, pale(c, 0.25) if k % 2 else dark(c, 0.3), "flat")
    s.poly([(18, 45.5), (70, 21), (90, 37), (38, 66)], c, "down", "weave")
    s.oval(25, 57, 10, 12.5, dark(c, 0.25), "flat")
    for r in (9.5, 6.5, 3.5):
        s.line(
            [(25 + r * math.cos(t / 8 * math.pi), 57 + 1.2 * r * math.sin(t / 8 * math.pi)) for t in range(16)],
            0.9,
            pale(c, 0.35),
        )
    s.poly([(42, 34.5), (47, 32), (67, 48.5), (62, 52)], INK)
    s.poly([(62, 25), (67, 22.5), (87, 39), (82, 42)], INK)


def dumbbell_set(s: Studio, c: Paint) -> None:
    """Draw two six-sided dumbbells, one before the other."""
    for dx, dy in ((10, -18), (-6, 12)):
        s.box(34 + dx, 46 + dy, 66 + dx, 54 + dy, STEEL, 3, "down", "weave")
        for x in (26, 74):
            x += dx
            hexagon = [
                (x - 13, 50 + dy),
                (x - 8, 33 + dy),
                (x + 8, 33 + dy),
                (x + 13, 50 + dy),
                (x + 8, 67 + dy),
                (x - 8, 67 + dy),
            ]
            s.poly(hexagon, c, "down", "rubber")
            s.poly(
                [(x + (px - x) * 0.62, 50 + dy + (py - 50 - dy) * 0.62) for px, py in hexagon],
                pale(c, 0.16),
                "down",
                "rubber",
            )
            s.oval(x, 50 + dy, 3.4, 3.4, SNOW, "flat")


def basketball(s: Studio, c: Paint) -> None:
    """Draw a ball with its seams."""
    s.oval(50, 50, 41, 41, c, "ball", "rubber")
    s.line([(50, 9), (50, 91)], 1.5, INK)
    s.line([(9, 50), (30, 44), (70, 44), (91, 50)], 1.5, INK)
    s.line([(22, 21), (36, 40), (36, 60), (22, 79)], 1.5, INK)
    s.line([(78, 21), (64, 40), (64, 60), (78, 79)], 1.5, INK)


def jump_rope(s: Studio, c: Paint) -> None:
    """Draw two handles and a coiled rope."""
    for k in range(3):
        r = 30 - 5 * k
        ring = [(50 + r * math.cos(t / 10 * math.pi), 60 + 0.75 * r * math.sin(t / 10 * math.pi)) for t in range(21)]
        s.line(ring, 2, INK if k % 2 else dark(c, 0.3))
    for x, lean in ((30, -8), (70, 8)):
        s.line([(x + lean * 0.4, 44), (x - lean, 60)], 2, INK)
        s.poly([(x - 5 + lean, 6), (x + 5 + lean, 6), (x + 4, 44), (x - 4, 44)], c, "tube")
        s.poly(
            [
                (x - 4.6 + lean * 0.6, 20),
                (x + 4.6 + lean * 0.6, 20),
                (x + 4.2 + lean * 0.25, 34),
                (x - 4.2 + lean * 0.25, 34),
            ],
            dark(c, 0.45),
            "tube",
            "weave",
        )
        s.box(x - 3 + lean * 0.9, 9, x + 3 + lean * 0.9, 15, (180, 220, 190), 1, "flat")


def badminton_racket(s: Studio, c: Paint) -> None:
    """Draw a racket at a slant with a shuttlecock."""
    for k in range(-4, 5):
        s.line(
            [(35 + 3.6 * k, 12 - abs(k) * 0.4 + 5 * (k > 2)), (35 + 3.6 * k, 56 - abs(k) * 1.2)], 0.4, (150, 152, 150)
        )
    for k in range(-5, 6):
        half = 19 * math.sqrt(max(0.0, 1 - (k / 6) ** 2))
        s.line([(35 - half, 34 + 4 * k), (35 + half, 34 + 4 * k)], 0.4, (150, 152, 150))
    s.line([(35 + 19 * math.cos(t / 12 * math.pi), 34 + 25 * math.sin(t / 12 * math.pi)) for t in range(25)], 2.8, c)
    s.line([(35, 59), (48, 76)], 2, dark(c, 0.5), curved=False)
    s.line([(48, 76), (62, 95)], 4.4, INK, curved=False)
    s.poly([(62, 44), (84, 30), (92, 46), (68, 56)], SNOW, "down")
    for px, py in ((84, 30), (87, 35), (90, 40), (92, 46)):
        s.seam([(65, 50), (px, py)], (150, 152, 156))
    s.oval(64, 51, 6, 6.5, (236, 226, 204))
    s.line([(67, 44), (71, 54)], 1.4, c)
