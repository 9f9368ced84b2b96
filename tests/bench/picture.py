"""Draws measurements over what grows, as an SVG of a few lines."""

import math
from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT, GAP, TOP = 240, 150, 60, 46
STEPS = 4


class Panel(NamedTuple):
    """One small picture: points of (what grows, what it costs)."""

    title: str
    points: Sequence[tuple[float, float]]


def drawn(title: str, panels: Sequence[Panel]) -> str:
    """The picture: what grows on a logarithmic axis to the right, what it costs from nothing upwards."""
    width = GAP + len(panels) * (WIDTH + GAP)
    height, style = TOP + HEIGHT + 56, 'font-family="sans-serif" font-size="11" fill="#333"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {style}>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{GAP}" y="22" font-size="14">{title}</text>',
    ]
    for number, panel in enumerate(panels):
        lines += _panel(panel, GAP + number * (WIDTH + GAP))
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel, left: int) -> list[str]:
    top = _round(max(y for _, y in panel.points) * 1.2)
    places = [(left + _share(panel, x) * WIDTH, TOP + HEIGHT * (1 - y / top)) for x, y in panel.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    lines = []
    for step in range(STEPS + 1):
        y = TOP + HEIGHT * (1 - step / STEPS)
        lines.append(f'<path d="M{left},{y:.1f}h{WIDTH}" stroke="#ddd"/>')
        lines.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{top * step / STEPS:g}</text>')
    lines.append(f'<polyline points="{path}" fill="none" stroke="#1f77b4" stroke-width="2"/>')
    for (x, y), (amount, cost) in zip(places, panel.points, strict=True):
        lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f77b4"/>')
        lines.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{cost:g}</text>')
        lines.append(f'<text x="{x:.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{_short(amount)}</text>')
    middle = left + WIDTH / 2
    lines.append(f'<text x="{middle}" y="{TOP + HEIGHT + 38}" text-anchor="middle">{panel.title}</text>')
    return lines


def _share(panel: Panel, amount: float) -> float:
    first, last = panel.points[0][0], panel.points[-1][0]
    return math.log(amount / first) / math.log(last / first) if last > first else 0.5


def _round(amount: float) -> float:
    """The next larger of 1, 2, 4, 8 times a power of ten."""
    power = 10 ** math.floor(math.log10(amount))
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= amount)


def _short(amount: float) -> str:
    for unit, sign in ((1e6, "M"), (1e3, "k")):
        if amount >= unit:
            return f"{amount / unit:g}{sign}"
    return f"{amount:g}"
