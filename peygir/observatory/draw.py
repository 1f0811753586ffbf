"""Drawings of figures: days, weekday by hour, subjects, and districts as a map or as tiles.

A city that has the borders of its districts puts them as GeoJSON into `districts.geojson` in the
data folder; the property `district` is the number. Without it districts are drawn as tiles: never
as borders that look real.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from peygir.look import charts, dates
from peygir.look.borders import Borders, Ring, area, borders_file, drawn, middle
from peygir.look.numbers import fa, is_persian
from peygir.observatory.figures import Scope, measure_name
from peygir.observatory.stats import Stats
from peygir.verify.months import jalali_of

WIDTH: Final = 480
TILE: Final = 88
STEPS: Final = 7
OVER_TIME: Final = ("registered", "closed_on_time", "closed_late")


def days(stats: Stats) -> charts.Chart | None:
    """Registered, closed and late by day; None for less than two days."""
    rows = stats.data["days"]
    if len(rows) < 2:
        return None
    labels = []
    for row in rows:
        _, month, day = jalali_of(row[0])
        labels.append(f"{fa(day)} {dates.month_name(month)}")
    names = [measure_name("registered"), measure_name("closed"), gettext("late answers")]
    series = [
        charts.Series(name, [row[at] for row in rows]) for at, name in enumerate(names, start=1)
    ]
    return charts.line(gettext("Registered, closed and answered late, by day"), labels, series)


def hours(stats: Stats) -> charts.Chart | None:
    """Registrations by weekday and hour; None when there are none."""
    rows = stats.data["hours"]
    if not any(map(any, rows)):
        return None
    return charts.heat(gettext("Registered, by weekday and hour"), rows)


def counts(title: str, scopes: Sequence[Scope], measure: str) -> charts.Chart | None:
    """A measure of each row as bars, the most first; None when there is none."""
    found = sorted(scopes, key=lambda each: (-each.measures.get(measure, 0), each.code))
    found = [each for each in found if each.measures.get(measure, 0) > 0][:15]
    if not found:
        return None
    values = [each.measures[measure] for each in found]
    series = [charts.Series(measure_name(measure), values)]
    return charts.bars(title, [each.name for each in found], series)


def months(rows: Sequence[tuple[str, Mapping[str, int | None]]]) -> charts.Chart | None:
    """Registered, closed on time and late for each period, oldest first; None is a gap."""
    if len(rows) < 2:
        return None
    series = [
        charts.Series(measure_name(code), [known[code] for _, known in rows]) for code in OVER_TIME
    ]
    labels = [words for words, _ in rows]
    return charts.line(gettext("Registered and closed, by period"), labels, series)


def district_map(scopes: Sequence[Scope], measure: str) -> charts.Chart | None:
    """A measure by district: borders where the city has them, else one tile for each."""
    if not scopes:
        return None
    top = max(each.measures.get(measure, 0) for each in scopes) or 1
    title = gettext("%(what)s, by district") % {"what": measure_name(measure)}
    borders = drawn(WIDTH, borders_file())
    known = all(each.code in borders for each in scopes)
    shapes, height = (_map if known else _tiles)(scopes, measure, top, borders)
    svg = format_html(
        '<svg viewBox="0 0 {} {}" direction="{}" role="img" class="districts">'
        "<title>{}</title>{}</svg>",
        WIDTH,
        height,
        "rtl" if is_persian() else "ltr",
        title,
        mark_safe("".join(shapes)),  # noqa: S308 (each shape escapes its words)
    )
    columns = (gettext("District"), measure_name(measure))
    rows = tuple((each.name, fa(each.measures.get(measure, 0))) for each in scopes)
    return charts.Chart(svg, columns, rows)


def _tiles(
    scopes: Sequence[Scope], measure: str, top: int, _: Borders
) -> tuple[list[SafeString], int]:
    across = WIDTH // TILE
    shapes = []
    for at, each in enumerate(sorted(scopes, key=lambda each: (len(each.code), each.code))):
        row, column = divmod(at, across)
        x = column * TILE
        if is_persian():
            x = WIDTH - TILE - x
        number = each.measures.get(measure, 0)
        shapes.append(
            format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" rx="6" class="heat-{}">'
                "<title>{}: {}</title></rect>{}",
                x + 2,
                row * TILE + 2,
                TILE - 4,
                TILE - 4,
                _tone(number, top),
                each.name,
                fa(number),
                _label(x + TILE / 2, row * TILE + TILE / 2, each.code, (number, top)),
            )
        )
    return shapes, -(-len(scopes) // across) * TILE


def _map(
    scopes: Sequence[Scope], measure: str, top: int, borders: Borders
) -> tuple[list[SafeString], int]:
    shapes, labels = [], []
    for each in scopes:
        number = each.measures.get(measure, 0)
        rings = borders[each.code]
        path = " ".join(f"M{' '.join(f'{x:g},{y:g}' for x, y in ring)}Z" for ring in rings)
        shapes.append(
            format_html(
                '<path d="{}" class="heat-{} border"><title>{}: {}</title></path>',
                path,
                _tone(number, top),
                each.name,
                fa(number),
            )
        )
        largest = max(rings, key=area)
        x, y = middle(largest)
        labels.append(_label(x, y, each.code, None))
    return shapes + labels, round(max(y for ring in _rings(borders) for _, y in ring)) + 4


def _label(x: float, y: float, code: str, counted: tuple[int, int] | None) -> SafeString:
    """A district's number on a map; on a tile with its count below it, of (count, the highest), in
    an ink that can be read on the tile's colour."""
    if counted is None:
        return format_html('<text x="{}" y="{}" class="halo">{}</text>', x, y, fa(code))
    ink = _tone(*counted)
    return format_html(
        '<text x="{}" y="{}" class="ink-{}">{}</text>'
        '<text x="{}" y="{}" class="ink-{} strong">{}</text>',
        x,
        y - 10,
        ink,
        fa(code),
        x,
        y + 16,
        ink,
        fa(counted[0]),
    )


def _tone(number: int, top: int) -> int:
    return 0 if number <= 0 else max(1, -(-number * STEPS // top))


def _rings(borders: Borders) -> Iterator[Ring]:
    for rings in borders.values():
        yield from rings
