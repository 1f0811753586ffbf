"""Charts drawn on the server: SVG for the eye, rows for everybody else.

In Persian the time axis runs from right to left. Colours come from CSS tokens by class, so a
chart follows the theme and prints in black. At most four series (ux §3); each line has its
own dash and is labelled at its end, or below where its name is too long for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from peygir.look.canvas import HEAT_STEPS, Canvas, fitting, short
from peygir.look.canvas import Chart as Chart
from peygir.look.dates import weekdays
from peygir.look.numbers import fa, is_persian, percent
from peygir.look.typeface import breadth

SERIES_MAX = 4
WIDTH, HEIGHT = 480, 250
NARROW = 404  # little enough for a telephone, its letters as large as those beside it
LARGER = 17 / 14  # letters on a telephone, where a drawing is smaller (ui.css)
_KEY_ROW = 22
_LINE = 18  # between two names at the ends of lines
_INLINE_START, _INLINE_END, _TOP, _BOTTOM = 52, 84, 16, 34  # room for numbers, names, labels


@dataclass(frozen=True)
class Series:
    """One line or bar colour; a value of None is a gap."""

    name: str
    values: Sequence[float | None]


def line(title: str, labels: Sequence[str], series: Sequence[Series], unit: str = "") -> Chart:
    """Values over time, oldest first in `labels`; every series as long as the labels."""
    _check(labels, series)
    top = _ceiling(series)
    is_beside = all(_room(one.name) <= _INLINE_END - 8 for one in series)
    end = _INLINE_END if is_beside else 54  # names that find no room there stand below
    canvas = Canvas(WIDTH, HEIGHT + (0 if is_beside else _KEY_ROW * len(series)))
    _scale(canvas, top, end)
    xs = [_x(i, len(labels), end) for i in range(len(labels))]
    _x_labels(canvas, labels, xs)
    taken: list[float] = []
    for number, one in enumerate(series, start=1):
        points = [
            None if value is None else (x, _y(value, top))
            for x, value in zip(xs, one.values, strict=True)
        ]
        for part in _unbroken(points):
            canvas.polyline(part, f"line-{number}")
        last = next((p for p in reversed(points) if p), None)
        if not is_beside:
            y = HEIGHT + _KEY_ROW * (number - 0.5)
            canvas.line(_INLINE_START, y, _INLINE_START + 34, y, f"key line-{number}")
            canvas.text(_INLINE_START + 42, y + 5, one.name, "start", f"name-{number}")
        elif last and len(series) > 1:
            y = _free(last[1], taken)
            canvas.text(last[0] + 8, y + 4, one.name, "start", f"name-{number}")
    return Chart(canvas.svg(title), *_table(labels, series, unit))


def bars(title: str, labels: Sequence[str], series: Sequence[Series], unit: str = "") -> Chart:
    """Values by category, side by side when there are several series.

    Where the names would not all find room below them, the bars lie, each beside its name.
    """
    _check(labels, series)
    top = _ceiling(series)
    if _every(labels) > 1:
        return Chart(_lying(labels, series, top).svg(title), *_table(labels, series, unit))
    canvas = Canvas(WIDTH, HEIGHT)
    _scale(canvas, top, 16)
    slot = (WIDTH - _INLINE_START - 16) / max(1, len(labels))
    width = min(48.0, slot * 0.72 / max(1, len(series)))
    centres = [_INLINE_START + slot * (i + 0.5) for i in range(len(labels))]
    for number, one in enumerate(series, start=1):
        shift = (number - 1 - len(series) / 2) * width
        for centre, value in zip(centres, one.values, strict=True):
            if value is not None:
                y = _y(value, top)
                canvas.rect(centre + shift, y, width - 1, HEIGHT - _BOTTOM - y, f"fill-{number}")
    _x_labels(canvas, labels, centres)
    if len(series) > 1:
        _legend(canvas, series)
    return Chart(canvas.svg(title), *_table(labels, series, unit))


def _lying(labels: Sequence[str], series: Sequence[Series], top: float) -> Canvas:
    """Bars from the inline start on, the first category at the top, their values at their ends."""
    above, thick = 20 if len(series) > 1 else 4, 14
    slot = thick * max(1, len(series)) + 10
    start = min(270.0, 20 + max(map(_room, labels)))
    canvas = Canvas(WIDTH, above + slot * len(labels))
    scale = (WIDTH - start - 52) / top
    for row, label in enumerate(labels):
        y = above + slot * row
        canvas.text(
            start - 8, y + (slot - 10) / 2 + 5, fitting(label, (start - 20) / LARGER), "end"
        )
        for number, one in enumerate(series):
            value = one.values[row]
            if value is not None:
                at = y + number * thick
                canvas.rect(start, at, max(1.0, value * scale), thick - 2, f"fill-{number + 1}")
                canvas.text(start + value * scale + 6, at + 11, short(value), "start")
    if len(series) > 1:
        _legend(canvas, series)
    return canvas


def heat(title: str, counts: Sequence[Sequence[int]]) -> Chart:
    """Weekday × hour: seven rows from Saturday of twenty-four counts."""
    if len(counts) != 7 or any(len(day) != 24 for day in counts):
        raise ValueError("a heat map needs 7 days of 24 hours")
    top = max(map(max, counts)) or 1
    canvas = Canvas(WIDTH, 7 * 24 + 40)
    names = weekdays()
    step = (WIDTH - 90) / 24
    for day, row in enumerate(counts):
        canvas.text(80, day * 24 + 20, names[day], "end")
        for hour, count in enumerate(row):
            tone = 0 if not count else max(1, -(-count * HEAT_STEPS // top))
            canvas.rect(88 + hour * step, day * 24 + 4, step - 2, 22, f"heat-{tone}", fa(count))
    for hour in range(0, 24, 4):
        canvas.text(88 + (hour + 0.5) * step, 7 * 24 + 24, fa(hour), "middle")
    columns = (gettext("Day"), *(fa(hour) for hour in range(24)))
    rows = tuple((names[d], *(fa(count) for count in row)) for d, row in enumerate(counts))
    return Chart(canvas.svg(title), columns, rows)


def fan(
    title: str,
    labels: Sequence[str],
    found: Sequence[float | None],
    ahead: Sequence[tuple[float, float, float] | None],
) -> Chart:
    """What was found, and of days ahead (lowest, expected, highest); both as long as the labels."""
    names = [gettext("Found"), gettext("Expected"), gettext("Lowest"), gettext("Highest")]
    parts = [[None if one is None else one[at] for one in ahead] for at in (1, 0, 2)]
    series = [Series(name, values) for name, values in zip(names, [found, *parts], strict=True)]
    _check(labels, series)
    top = _ceiling(series)
    canvas = Canvas(WIDTH, HEIGHT)
    _scale(canvas, top, 16)
    step = (WIDTH - _INLINE_START - 16) / max(1, len(labels))
    xs = [_INLINE_START + step * (at + 0.5) for at in range(len(labels))]
    for x, one in zip(xs, ahead, strict=True):
        if one is not None:
            low, high = _y(one[0], top), _y(one[2], top)
            canvas.rect(x - step * 0.4, high, step * 0.8, max(2.0, low - high), "interval-band")
    for number, values in enumerate((found, parts[0]), start=1):
        points = [
            None if value is None else (x, _y(value, top))
            for x, value in zip(xs, values, strict=True)
        ]
        for part in _unbroken(points):
            canvas.polyline(part, f"line-{number}")
    _x_labels(canvas, labels, xs)
    _legend(canvas, series[:2], letter=12)  # on a telephone its words are larger (analysis.css)
    return Chart(canvas.svg(title, "fan"), *_table(labels, series, ""))


def ranges(
    title: str,
    labels: Sequence[str],
    values: Sequence[tuple[float, float, float]],
    before: Sequence[float | None],
) -> Chart:
    """A row for each label: (lowest, expected, highest) as a band with a dot and its number, and a
    stroke at what was found `before`. Narrow enough for a telephone."""
    names = (gettext("Expected"), gettext("Lowest"), gettext("Highest"), gettext("A week before"))
    if not len(labels) == len(values) == len(before):
        raise ValueError("every row needs its values")
    start, slot, above = 124, 32, 26
    canvas = Canvas(NARROW, above + slot * len(labels))
    top = max((v for v in (*(one[2] for one in values), *before) if v is not None), default=0) or 1
    scale = (NARROW - start - 52) / top
    _key(canvas, 8, (("interval-band", gettext("four days in five")), ("tick", names[3])))
    for row, (label, (low, expected, high), found) in enumerate(
        zip(labels, values, before, strict=True)
    ):
        y = above + slot * row + slot / 2
        canvas.text(start - 8, y + 5, fitting(label, start - 12), "end", "strong")
        canvas.line(start, y, NARROW - 48, y, "interval-axis")
        canvas.rect(start + low * scale, y - 8, max(2.0, (high - low) * scale), 16, "interval-band")
        if found is not None:
            canvas.line(start + found * scale, y - 11, start + found * scale, y + 11, "tick")
        canvas.circle(start + expected * scale, y, 5, "interval-dot")
        canvas.text(NARROW - 42, y + 5, short(expected), "start", "strong")
    rows = tuple(
        (label, *(fa(each) for each in (expected, low, high, found)))
        for label, (low, expected, high), found in zip(labels, values, before, strict=True)
    )
    return Chart(canvas.svg(title, "narrow"), ("", *names), rows)


def shares(
    title: str,
    labels: Sequence[str],
    values: Sequence[tuple[float, float, float]],
    of: Sequence[int],
) -> Chart:
    """A row for each label: (lowest, share, highest), from 0 to 1, below its name: a band in which
    the share may really lie, a dot and its percent. `of`: of how many. As wide as a telephone."""
    if not len(labels) == len(values) == len(of):
        raise ValueError("every row needs its share and its number")
    start, slot, above, end = 8, 48, 26, NARROW - 64
    mark = "٪" if is_persian() else "%"
    canvas = Canvas(NARROW, above + slot * len(labels))
    _key(canvas, start, (("interval-band", gettext("May lie between")),))
    for row, (label, (low, share, high)) in enumerate(zip(labels, values, strict=True)):
        top = above + slot * row
        y = top + 32
        xs = [start + each * (end - start) for each in (low, share, high)]
        canvas.text(start, top + 16, fitting(label, (NARROW - 16) / LARGER), "start")
        canvas.line(start, y, end, y, "interval-axis")
        canvas.rect(xs[0], y - 8, max(2.0, xs[2] - xs[0]), 16, "interval-band")
        canvas.circle(xs[1], y, 5, "interval-dot")
        canvas.text(end + 12, y + 5, f"{fa(share * 100, 0)}{mark}", "start", "strong")
    names = (gettext("Share"), gettext("Lowest"), gettext("Highest"), gettext("Of (n)"))
    rows = tuple(
        (label, percent(share), percent(low), percent(high), fa(count))
        for label, (low, share, high), count in zip(labels, values, of, strict=True)
    )
    return Chart(canvas.svg(title, "narrow"), ("", *names), rows)


def _key(canvas: Canvas, x: float, signs: Sequence[tuple[str, str]]) -> None:
    """What the signs of a drawing mean, in a row above it."""
    for css, words in signs:
        if css == "tick":
            canvas.line(x + 6, 0, x + 6, 14, css)
        else:
            canvas.rect(x, 0, 14, 14, css)
        canvas.text(x + 19, 12, words, "start")
        x += 34 + LARGER * breadth(words)


def sparkline(title: str, values: Sequence[float]) -> Chart:
    """A trend the size of a word, oldest value first, without a scale."""
    canvas = Canvas(120, 32)
    low, high = min(values, default=0), max(values, default=0)
    spread = (high - low) or 1
    points = [
        (4 + i * 112 / max(1, len(values) - 1), 28 - (value - low) / spread * 24)
        for i, value in enumerate(values)
    ]
    canvas.polyline(points, "line-1")
    if points:
        canvas.circle(*points[-1], 3, "fill-1")
    rows = tuple((fa(i), fa(value)) for i, value in enumerate(values, start=1))
    return Chart(canvas.svg(title, "spark"), ("#", title), rows)


def interval(score: float, low: float, high: float, top: float = 100) -> Chart:
    """A score with the range in which it may really lie, on a bar from 0 to `top`."""
    canvas = Canvas(144, 20)
    scale = 136 / top
    canvas.line(4, 10, 140, 10, "interval-axis")
    canvas.rect(4 + low * scale, 5, max(2.0, (high - low) * scale), 10, "interval-band")
    canvas.circle(4 + score * scale, 10, 4, "interval-dot")
    words = gettext("%(score)s, between %(low)s and %(high)s") % {
        "score": fa(score),
        "low": fa(low),
        "high": fa(high),
    }
    columns = (gettext("Score"), gettext("Lowest"), gettext("Highest"))
    return Chart(canvas.svg(words, "interval"), columns, ((fa(score), fa(low), fa(high)),))


def _scale(canvas: Canvas, top: float, end: float) -> None:
    for quarter in range(5):
        value = top * quarter / 4
        y = _y(value, top)
        canvas.line(_INLINE_START, y, WIDTH - end, y, "grid-line")
        canvas.text(_INLINE_START - 8, y + 4, short(value), "end")


def _x_labels(canvas: Canvas, labels: Sequence[str], xs: Sequence[float]) -> None:
    for i in range(0, len(labels), _every(labels)):
        half = _room(labels[i]) / 2
        canvas.text(min(max(xs[i], half), WIDTH - half), HEIGHT - 12, labels[i], "middle")


def _every(labels: Sequence[str]) -> int:
    """One in how many of these finds room below a drawing."""
    longest = max((len(label) for label in labels), default=1)
    return max(1, -(-len(labels) * (longest * 8 + 10) // (WIDTH - 100)))


def _room(words: str) -> float:
    """What words take on a telephone. Browsers set them wider than the typeface says."""
    return 1.25 * LARGER * breadth(words)


def _legend(canvas: Canvas, series: Sequence[Series], letter: int = 8) -> None:
    x = float(_INLINE_START)
    for number, one in enumerate(series, start=1):
        canvas.rect(x, 0, 12, 10, f"fill-{number}")
        canvas.text(x + 16, 10, one.name, "start")
        x += 34 + len(one.name) * letter


def _table(
    labels: Sequence[str], series: Sequence[Series], unit: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    columns = ("", *(f"{one.name} ({unit})" if unit else one.name for one in series))
    rows = tuple((label, *(fa(one.values[i]) for one in series)) for i, label in enumerate(labels))
    return columns, rows


def _check(labels: Sequence[str], series: Sequence[Series]) -> None:
    if len(series) > SERIES_MAX:
        raise ValueError(f"{len(series)} series cannot be told apart; at most {SERIES_MAX}")
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("every series needs one value per label")


def _ceiling(series: Sequence[Series]) -> float:
    """A round number at or above the highest value, whose quarters are round too."""
    highest = max((v for one in series for v in one.values if v is not None), default=0)
    step = 4.0
    while step < highest:
        for factor in (2, 2.5, 2):  # 4, 8, 20, 40, 80, 200 …
            step *= factor
            if step >= highest:
                break
    # 100, 1000 …: their quarters are round as well, and shares need no more than 100.
    return step / 2 if step >= 200 and highest <= step / 2 else step


def _x(i: int, count: int, end: float) -> float:
    usable = WIDTH - _INLINE_START - end
    return _INLINE_START + (usable * i / (count - 1) if count > 1 else usable / 2)


def _y(value: float, top: float) -> float:
    return HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM)


def _unbroken(
    points: Sequence[tuple[float, float] | None],
) -> list[list[tuple[float, float]]]:
    """Runs without a gap. A lonely point becomes a short stroke so that it is seen."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run if len(run) > 1 else [(run[0][0] - 2, run[0][1]), run[0]] for run in runs if run]


def _free(y: float, taken: list[float]) -> float:
    """The nearest height at or below `y` where no other label stands; notes it in `taken`.

    Where the axis comes before there is one, the nearest above: below it stand its own labels.
    """
    down, lowest = y, HEIGHT - _BOTTOM + 2
    while any(abs(down - other) < _LINE for other in taken):
        down += _LINE
    while down > lowest and any(abs(y - other) < _LINE for other in taken):
        y -= _LINE
    y = y if down > lowest else down
    taken.append(y)
    return y
