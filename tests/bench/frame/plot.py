"""Curves as an SVG for the documents: a panel or two side by side, logarithmic axes, each curve named at its end.

It is written here because nothing light draws one: the libraries that could are larger than the whole program.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from infra.setup.paths import ROOT

IMAGES = ROOT / "docs" / "img"
COLOURS = ("#1f5fa8", "#c2571a", "#3f7d4e", "#7a4f9e")
INK, GREY, GRID = "#14181d", "#4f5762", "#e3e6ea"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460, 330, 62, 118, 66, 48
_THOUSAND = 1_000

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """A curve through its points (x, y), both above zero."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes. `unit` is written above the y axis."""

    unit: str
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class Plot:
    """A title, what x is, and the panels."""

    title: str
    x: str
    panels: Sequence[Panel]

    def write(self, name: str) -> None:
        """Into docs/img."""
        IMAGES.mkdir(exist_ok=True)
        (IMAGES / name).write_text(self.svg())

    def svg(self) -> str:
        """The picture, with its figures as text in it for readers who cannot see it."""
        width = WIDTH * len(self.panels)
        said = "; ".join(f"{s.name}, {p.unit}: {_listed(s.points)}" for p in self.panels for s in p.series)
        drawn = "".join(
            f'<g transform="translate({at * WIDTH} 0)">{_panel(p, self.x)}</g>' for at, p in enumerate(self.panels)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
            f'role="img" font-family="system-ui, sans-serif" font-size="12" fill="{INK}">\n'
            f"<title>{escape(self.title)}</title><desc>{escape(said)}</desc>\n"
            f'<rect width="{width}" height="{HEIGHT}" rx="6" fill="#fff"/>\n'
            f"{_text(16, 26, self.title, size=15, weight=600)}\n{drawn}</svg>\n"
        )


@dataclass(frozen=True, slots=True)
class _Axis:
    """From decades `low` to `high`, laid from `begin` to `end`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        return self.begin + (log10(value) - self.low) / (self.high - self.low) * (self.end - self.begin)

    @property
    def decades(self) -> list[float]:
        return [10.0**power for power in range(ceil(self.low), floor(self.high) + 1)]


def _panel(panel: Panel, x_label: str) -> str:
    points = [point for series in panel.series for point in series.points]
    across = _axis([x for x, _ in points], LEFT, WIDTH - RIGHT, whole=False)
    up = _axis([y for _, y in points], HEIGHT - BOTTOM, TOP, whole=True)
    parts = [_text(LEFT - 46, TOP - 16, panel.unit, colour=GREY)]
    for value in up.decades:
        y = up.at(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>')
        parts.append(_text(LEFT - 8, y + 4, _short(value), anchor="end", colour=GREY))
    low = HEIGHT - BOTTOM + 20
    parts += [_text(across.at(x), low, _short(x), anchor="middle", colour=GREY) for x in across.decades]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_label, anchor="middle", colour=GREY))
    ends = _apart([up.at(series.points[-1][1]) for series in panel.series])
    for series, colour, end in zip(panel.series, COLOURS, ends, strict=False):
        parts += _curve(series, across, up, colour, end)
    return "\n".join(parts)


def _curve(series: Series, across: _Axis, up: _Axis, colour: str, end: float) -> list[str]:
    at = [(across.at(x), up.at(y)) for x, y in series.points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in at)
    name, value = _text(at[-1][0] + 9, end, series.name, colour=colour, weight=600), _short(series.points[-1][1])
    below = _text(at[-1][0] + 9, end + 14, value, colour=GREY)
    return [f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>', dots, name, below]


def _axis(values: Sequence[float], begin: float, end: float, *, whole: bool) -> _Axis:
    low, high = log10(min(values)), log10(max(values))
    if not whole:
        return _Axis(low, high, begin, end)
    under = floor(low - 0.15)  # a name goes below its curve's end
    return _Axis(under, max(ceil(high), under + 1), begin, end)


def _apart(heights: Sequence[float], least: float = 32) -> list[float]:
    """Where names stand, so that no two overlap."""
    placed: dict[int, float] = {}
    last = -least
    for index in sorted(range(len(heights)), key=lambda at: heights[at]):
        last = placed[index] = max(heights[index], last + least)
    return [placed[index] for index in range(len(heights))]


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = INK, size: int = 12, weight: int = 400
) -> str:
    style = f'text-anchor="{anchor}" fill="{colour}" font-size="{size}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'


def _short(value: float) -> str:
    """1200 -> `1,200`, 100000 -> `100,000`, 2500000 -> `2.5 M`, 0.083 -> `0.083`."""
    if value >= _THOUSAND**2:
        return f"{value / _THOUSAND**2:.3g} M"
    return f"{value:,.0f}" if value >= _THOUSAND else f"{value:.3g}"


def _listed(points: Sequence[Point]) -> str:
    return ", ".join(f"{_short(y)} at {_short(x)}" for x, y in points)
