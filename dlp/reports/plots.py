"""Bars as inline SVG: no script, no style sheet, nothing from outside; each has its numbers as text, too."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

_COLOURS = {"allow": "#9bb8d3", "monitor": "#4f8fc6", "quarantine": "#d98e04", "block": "#a61b1b", "people": "#0b5394"}
_WIDTH, _ROW, _LABEL, _NUMBER = 720, 26, 170, 80


def bars(title: str, rows: Sequence[tuple[str, int]], colour: str = "people") -> Markup:
    """One bar a row, the longest as wide as there is room."""
    largest = max((value for _, value in rows), default=0) or 1
    room = _WIDTH - _LABEL - _NUMBER
    body = [
        f'<text x="{_LABEL - 8}" y="{place * _ROW + 18}" text-anchor="end">{escape(_short(name))}</text>'
        f'<rect x="{_LABEL}" y="{place * _ROW + 5}" width="{max(1.0, room * value / largest):.1f}" height="16" '
        f'fill="{_COLOURS[colour]}"/>'
        f'<text x="{_LABEL + room * value / largest + 6:.1f}" y="{place * _ROW + 18}">{value:,}</text>'
        for place, (name, value) in enumerate(rows)
    ]
    return _svg(title, len(rows) * _ROW + 8, body)


def columns(title: str, names: Sequence[str], stacks: Sequence[tuple[str, str, Sequence[int]]]) -> Markup:
    """A column a name, each a stack of one part of every series; `stacks`: (colour, what it is, values)."""
    totals = [sum(values[place] for _, _, values in stacks) for place in range(len(names))]
    largest, height, step = max(totals, default=0) or 1, 180.0, (_WIDTH - 20) / max(1, len(names))
    body: list[str] = []
    for place, name in enumerate(names):
        left, base = 10 + place * step, height + 20
        for colour, _, values in stacks:
            tall = height * values[place] / largest
            base -= tall
            body.append(
                f'<rect x="{left + step * 0.15:.1f}" y="{base:.1f}" width="{step * 0.7:.1f}" height="{tall:.1f}" '
                f'fill="{_COLOURS[colour]}"/>'
            )
        middle = left + step / 2
        body.append(f'<text x="{middle:.1f}" y="{base - 4:.1f}" text-anchor="middle">{totals[place]:,}</text>')
        body.append(f'<text x="{middle:.1f}" y="{height + 38:.1f}" text-anchor="middle">{escape(name)}</text>')
    body += _legend([(colour, what) for colour, what, _ in stacks], height + 52)
    return _svg(title, int(height) + 72, body)


def _legend(series: Sequence[tuple[str, str]], top: float) -> list[str]:
    return [
        f'<rect x="{10 + place * 150}" y="{top:.0f}" width="12" height="12" fill="{_COLOURS[colour]}"/>'
        f'<text x="{28 + place * 150}" y="{top + 11:.0f}">{escape(what)}</text>'
        for place, (colour, what) in enumerate(series)
    ]


def _svg(title: str, height: int, body: Sequence[str]) -> Markup:
    return Markup(  # noqa: S704  every text in it is escaped above
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" font-size="12" fill="#1c2733"><title>{escape(title)}</title>{"".join(body)}</svg>'
    )


def _short(name: str) -> str:
    return name if len(name) <= 14 else f"{name[:13]}…"
