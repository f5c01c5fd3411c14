"""Votes per hour as a picture (SVG 1.1): for the report, and for officers on the day. No figure by project is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 960, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 64, 50
BAR, GRID, TEXT, QUIET = "#0072bc", "#d9dee3", "#1a1a1a", "#5b6770"
MAX_LABELS = 10
MAX_HOURS = 2000  # bars side by side; two to a pixel, and 12 weeks
_STEPS = (1, 2, 3, 6, 12, 24, 48, 72, 96, 168, 336)  # hours between two labels
_HOUR = timedelta(hours=1)


def votes_per_hour(edition: str, votes: Mapping[datetime, int], first: datetime, last: datetime) -> str:
    """A bar for each hour from `first` to `last` (whole hours, UTC), empty ones too."""
    count = max(1, int((last - first) / _HOUR) + 1)
    hours = [first + number * _HOUR for number in range(count)]
    step = nice_step(max((votes.get(hour, 0) for hour in hours), default=0))
    top = step * max(1, -(-max(votes.get(hour, 0) for hour in hours) // step))
    place = (WIDTH - LEFT - RIGHT) / count
    high = HEIGHT - TOP - BOTTOM
    base = HEIGHT - BOTTOM
    total = sum(votes.get(hour, 0) for hour in hours)
    busiest = max(hours, key=lambda hour: votes.get(hour, 0))
    summary = f"{total:,} votes; the busiest hour, {busiest:%d %B %H:%M} UTC, had {votes.get(busiest, 0):,}"
    if not total:
        summary = "No votes yet"
    title = f"WSIS Prizes {edition}: votes per hour"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'role="img" font-family="Helvetica, Arial, sans-serif" font-size="12">',
        f"<title>{escape(title)}</title><desc>{escape(summary)}</desc>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 26, title, TEXT, size=18, weight="bold"),
        _text(LEFT, 46, summary, QUIET),
    ]
    for value in range(0, top + 1, step):
        y = base - high * value / top
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
            + _text(LEFT - 8, y + 4, f"{value:,}", QUIET, anchor="end")
        )
    gap = min(2.0, place * 0.15) if place > 3 else -0.3  # thinner bars would let the ground shine through
    for number, hour in enumerate(hours):
        tall = high * votes.get(hour, 0) / top
        if tall:
            parts.append(
                f'<rect x="{LEFT + number * place + gap / 2:.2f}" y="{base - tall:.2f}" '
                f'width="{place - gap:.2f}" height="{tall:.2f}" fill="{BAR}"/>'
            )
    parts += _labels(hours, place, base)
    return "\n".join([*parts, "</svg>"]) + "\n"


def nice_step(most: int) -> int:
    """The distance of grid lines: 1, 2 or 5 times a power of ten, three to six of them up to `most`."""
    step, power = 1, 1
    while most / step > 5:
        step, power = next((factor * power, power) for factor in (2, 5, 10) if factor * power > step)
        if step == 10 * power:
            power = step
    return step


def _labels(hours: list[datetime], place: float, base: float) -> list[str]:
    """Hours below the axis, with the date where a day begins; only dates where days are narrow."""
    apart = next((step for step in _STEPS if len(hours) / step <= MAX_LABELS), _STEPS[-1])
    day = timedelta(hours=24)
    midnight = hours[0].replace(hour=0)
    parts, dated = [f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}" stroke="{QUIET}"/>'], None
    for number, hour in enumerate(hours):
        if int((hour - midnight) / _HOUR) % apart:
            continue
        x = LEFT + number * place
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 5}" stroke="{QUIET}"/>')
        new_day = dated != hour.date()
        dated = hour.date()
        if apart * _HOUR < day:
            parts.append(_text(x, base + 19, f"{hour:%H:%M}", TEXT, anchor="middle"))
            if new_day:
                parts.append(_text(x, base + 35, f"{hour:%d %b}", QUIET, anchor="middle"))
        else:
            parts.append(_text(x, base + 19, f"{hour:%d %b}", TEXT, anchor="middle"))
    parts.append(_text(WIDTH - RIGHT, base + 44, "UTC", QUIET, anchor="end"))
    return parts


def _text(
    x: float, y: float, text: str, fill: str, *, anchor: str = "start", size: int = 12, weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )
