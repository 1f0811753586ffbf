"""Draws a directed graph in layers, right to left, for people who read policies, not code.

Boxes stand in columns in the order in which a case moves; arrows forward are curves, arrows back
run in lanes below all boxes. The result is one SVG file without style sheet, script or font, so
that it looks the same in a page, in a letter and on paper. Pure Python: no request, no language;
every text comes in already in the reader's words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap
from typing import Literal

NODES_MAX = 200  # more is a mistake in the caller, and unreadable anyway
_BOX, _LINE, _LETTER = 168, 20, 7.4  # box width, height of a text line, mean width of a letter
_GAP_MIN, _ROW_GAP, _MARGIN, _LANE = 96, 34, 44, 12
_BOX_LETTERS, _LABEL_LETTERS = 20, 24
_INK, _MUTED = "#15202B", "#46535F"
_FILLS = {
    "start": ("#00666B", "#FFFFFF", "#00666B"),
    "stage": ("#FFFFFF", _INK, "#6A7783"),
    "watch": ("#EFE8F8", "#56358A", "#56358A"),
    "end": ("#E2F3E8", "#17643A", "#17643A"),
    "refused": ("#FDE6E4", "#A11C17", "#A11C17"),
}
_TONES = {"": _MUTED, "good": "#17643A", "bad": "#A11C17", "late": "#7A4A00"}

NodeKind = Literal["start", "stage", "watch", "end", "refused"]
EdgeKind = Literal["", "good", "bad", "late"]


@dataclass(frozen=True, kw_only=True)
class Node:
    """A box: `label` in bold, `note` (who holds it, how long) below in small letters."""

    id: str
    label: str
    note: str = ""
    kind: NodeKind = "stage"


@dataclass(frozen=True, kw_only=True)
class Edge:
    """An arrow; `late` ones are dashed. Several between the same boxes share one arrow."""

    source: str
    target: str
    label: str = ""
    kind: EdgeKind = ""


@dataclass
class _Box:
    node: Node | None  # None holds a place for an arrow that passes through this column
    layer: int
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    x: float = 0
    y: float = 0
    height: float = _LINE
    order: float = 0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass
class _Arrow:
    source: str
    target: str
    kind: EdgeKind
    labels: list[str]
    back: bool = False
    path: list[str] = field(default_factory=list)  # ids from source to target, places included


def draw_graph(
    nodes: Sequence[Node], edges: Sequence[Edge], title: str, *, mirrored: bool = True
) -> str:
    """The SVG text. `mirrored` puts the first column on the right, as Persian is read.

    Raises ValueError for an edge to an unknown node, a node given twice, or too many nodes.
    """
    if len(nodes) > NODES_MAX or len({node.id for node in nodes}) != len(nodes):
        raise ValueError(f"{len(nodes)} nodes: at most {NODES_MAX}, each once")
    known = {node.id for node in nodes}
    for edge in edges:
        if not {edge.source, edge.target} <= known:
            raise ValueError(f"the edge {edge.source} → {edge.target} leads to an unknown node")
    arrows = _merge(edges)
    _mark_back(nodes, arrows)
    boxes = _layers(nodes, arrows)
    columns = _order(boxes, arrows)
    widths = _place(columns, arrows, boxes)
    return _Drawing(boxes, arrows, widths, title, mirrored).svg()


def _merge(edges: Sequence[Edge]) -> list[_Arrow]:
    merged: dict[tuple[str, str, str], _Arrow] = {}
    for edge in edges:
        key = (edge.source, edge.target, edge.kind)
        arrow = merged.setdefault(key, _Arrow(edge.source, edge.target, edge.kind, []))
        arrow.labels += wrap(edge.label, _LABEL_LETTERS)
    return list(merged.values())


def _mark_back(nodes: Sequence[Node], arrows: Sequence[_Arrow]) -> None:
    """Arrows that close a loop, seen in the given order of nodes, run back."""
    onward = defaultdict(list)
    for arrow in arrows:
        onward[arrow.source].append(arrow)
    state: dict[str, int] = {}

    def visit(name: str) -> None:
        state[name] = 1
        for arrow in onward[name]:
            if state.get(arrow.target) == 1:
                arrow.back = True
            elif arrow.target not in state:
                visit(arrow.target)
        state[name] = 2

    for node in nodes:
        if node.id not in state:
            visit(node.id)


def _layers(nodes: Sequence[Node], arrows: Sequence[_Arrow]) -> dict[str, _Box]:
    """Each box one column after the last that leads to it; places for the arrows that jump."""
    layer = {node.id: 0 for node in nodes}
    for _ in nodes:  # the forward arrows have no loop, so this settles
        for arrow in arrows:
            if not arrow.back:
                layer[arrow.target] = max(layer[arrow.target], layer[arrow.source] + 1)
    boxes: dict[str, _Box] = {}
    for node in nodes:
        box = _Box(node, layer[node.id], wrap(node.label, _BOX_LETTERS))
        box.notes = wrap(node.note, _BOX_LETTERS + 6)
        boxes[node.id] = box
    for number, arrow in enumerate(arrows):
        arrow.path = [arrow.source]
        if not arrow.back:
            for passed in range(layer[arrow.source] + 1, layer[arrow.target]):
                place = f"\0{number}.{passed}"
                boxes[place] = _Box(None, passed)
                arrow.path.append(place)
        arrow.path.append(arrow.target)
    ports: dict[str, int] = defaultdict(int)
    for arrow in arrows:
        ports[arrow.source] += 1
        ports[arrow.target] += 1
    for name, box in boxes.items():
        if box.node:
            text = len(box.lines) * _LINE + len(box.notes) * (_LINE - 3) + 22
            box.height = max(56, text, ports[name] * 13)
    return boxes


def _order(boxes: dict[str, _Box], arrows: Sequence[_Arrow]) -> list[list[str]]:
    """Columns of ids, each sorted by the mean place of its neighbours (barycentres, 8 sweeps)."""
    last = max((box.layer for box in boxes.values()), default=0)
    columns: list[list[str]] = [[] for _ in range(last + 1)]
    for name, box in boxes.items():
        columns[box.layer].append(name)
    before, after = defaultdict(list), defaultdict(list)
    for arrow in arrows:
        if not arrow.back:
            for one, next_one in zip(arrow.path, arrow.path[1:], strict=False):
                after[one].append(next_one)
                before[next_one].append(one)
    for column in columns:
        for i, name in enumerate(column):
            boxes[name].order = i
    for sweep in range(8):
        neighbours = before if sweep % 2 == 0 else after
        for column in columns if sweep % 2 == 0 else reversed(columns):
            means = {
                name: sum(boxes[n].order for n in neighbours[name]) / len(neighbours[name])
                if neighbours[name]
                else boxes[name].order
                for name in column
            }
            column.sort(key=means.__getitem__)
            for i, name in enumerate(column):
                boxes[name].order = i
    return columns


def _place(
    columns: Sequence[Sequence[str]], arrows: Sequence[_Arrow], boxes: dict[str, _Box]
) -> list[float]:
    """Set x and y of every box; return the width of the gap after each column."""
    backs = sum(arrow.back for arrow in arrows)
    gaps = [float(_GAP_MIN + backs * 4)] * len(columns)
    for arrow in arrows:
        if not arrow.back and arrow.labels:
            wide = max(map(len, arrow.labels)) * _LETTER + 36 + backs * 8
            gaps[boxes[arrow.source].layer] = max(gaps[boxes[arrow.source].layer], wide)
    heights = [
        sum(boxes[name].height for name in column) + _ROW_GAP * (len(column) - 1)
        for column in columns
    ]
    x = _MARGIN + backs * _LANE / 2 + 20
    for column, height, gap in zip(columns, heights, gaps, strict=True):
        y = 64 + (max(heights) - height) / 2
        for name in column:
            boxes[name].x, boxes[name].y = x, y
            y += boxes[name].height + _ROW_GAP
        x += _BOX + gap
    return gaps


class _Drawing:
    """Turns placed boxes and arrows into SVG; the only part that knows about mirroring."""

    def __init__(
        self,
        boxes: dict[str, _Box],
        arrows: Sequence[_Arrow],
        gaps: Sequence[float],
        title: str,
        mirrored: bool,
    ) -> None:
        self.boxes, self.arrows, self.gaps = boxes, arrows, gaps
        self.title, self.mirrored = title, mirrored
        backs = sum(arrow.back for arrow in arrows)
        right = max((box.x for box in boxes.values()), default=0) + _BOX
        self.width = max(right + _MARGIN + backs * _LANE, 320)
        self.floor = max((box.y + box.height for box in boxes.values()), default=64) + 24
        self.lines: list[str] = []
        self.labels: list[str] = []
        self.taken: list[tuple[float, float, float, float]] = []

    def svg(self) -> str:
        boxes = [self._box(box) for box in self.boxes.values() if box.node]
        ports = self._ports()
        for arrow in self.arrows:
            if not arrow.back:
                self._forward(arrow, ports)
        backs = [arrow for arrow in self.arrows if arrow.back]
        for lane, arrow in enumerate(sorted(backs, key=self._span)):  # the short ones inside
            self._backward(arrow, ports, lane)
        height = self.floor + 24
        direction = "rtl" if self.mirrored else "ltr"
        markers = "".join(
            f'<marker id="tip-{kind or "plain"}" viewBox="0 0 10 10" refX="9" refY="5" '
            f'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" '
            f'fill="{colour}"/></marker>'
            for kind, colour in _TONES.items()
        )
        head = self._text(_MARGIN, 32, self.title, size=18, weight=700, anchor="start")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(self.width)} {_n(height)}" '
            f'width="{_n(self.width)}" height="{_n(height)}" role="img" direction="{direction}" '
            f'font-family="Vazirmatn, Tahoma, sans-serif"><title>{escape(self.title)}</title>'
            f'<defs>{markers}</defs><rect width="100%" height="100%" fill="#FFFFFF"/>'
            f"{head}{''.join(self.lines)}{''.join(boxes)}{''.join(self.labels)}</svg>\n"
        )

    def _box(self, box: _Box) -> str:
        assert box.node
        fill, ink, border = _FILLS[box.node.kind]
        self.taken.append((box.x, box.y, box.x + _BOX, box.y + box.height))
        corner = self._x(box.x + _BOX) if self.mirrored else _n(box.x)
        frame = (
            f'<rect x="{corner}" y="{_n(box.y)}" width="{_BOX}" height="{_n(box.height)}" rx="8" '
            f'fill="{fill}" stroke="{border}" stroke-width="1.5"/>'
        )
        parts = [frame]
        block = len(box.lines) * _LINE + len(box.notes) * (_LINE - 3)
        y = box.middle - block / 2 + 15
        for line in box.lines:
            parts.append(self._text(box.x + _BOX / 2, y, line, size=14, weight=700, colour=ink))
            y += _LINE
        for line in box.notes:
            parts.append(self._text(box.x + _BOX / 2, y - 1, line, size=12, colour=ink))
            y += _LINE - 3
        return "".join(parts)

    def _ports(self) -> dict[tuple[int, str], float]:
        """Heights at which arrow number i leaves (key "out") and enters ("in") its boxes."""
        sides: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
        for i, arrow in enumerate(self.arrows):
            low = 1e6 + i if arrow.back else 0.0  # arrows back use the lower ports
            sides[arrow.source, "out"].append((low or self.boxes[arrow.path[1]].middle, i))
            sides[arrow.target, "in"].append((low or self.boxes[arrow.path[-2]].middle, i))
        ports = {}
        for (name, side), uses in sides.items():
            box = self.boxes[name]
            for place, (_, i) in enumerate(sorted(uses), start=1):
                ports[i, side] = box.y + box.height * place / (len(uses) + 1)
        return ports

    def _forward(self, arrow: _Arrow, ports: dict[tuple[int, str], float]) -> None:
        number = self.arrows.index(arrow)
        here = (self.boxes[arrow.source].x + _BOX, ports[number, "out"])
        path = [f"M{self._x(here[0])} {_n(here[1])}"]
        first = here
        for name in arrow.path[1:]:
            box = self.boxes[name]
            y = box.middle if box.node is None else ports[number, "in"]
            bend = (box.x - here[0]) / 2
            path.append(
                f"C{self._x(here[0] + bend)} {_n(here[1])} {self._x(box.x - bend)} {_n(y)} "
                f"{self._x(box.x)} {_n(y)}"
            )
            if name == arrow.path[1]:
                self._label(arrow, ((first[0] + box.x) / 2, (first[1] + y) / 2))
            here = (box.x, y)
            if box.node is None:
                path.append(f"L{self._x(box.x + _BOX)} {_n(y)}")
                here = (box.x + _BOX, y)
        self._stroke(arrow, "".join(path))

    def _backward(self, arrow: _Arrow, ports: dict[tuple[int, str], float], lane: int) -> None:
        number = self.arrows.index(arrow)
        source, target = self.boxes[arrow.source], self.boxes[arrow.target]
        out_y, in_y = ports[number, "out"], ports[number, "in"]
        out_x = source.x + _BOX + 12 + lane * _LANE / 2
        in_x = target.x - 18 - lane * _LANE / 2
        lane_y = self.floor + max(14, len(arrow.labels) * _LINE + 2)
        self._stroke(
            arrow,
            f"M{self._x(source.x + _BOX)} {_n(out_y)}L{self._x(out_x)} {_n(out_y)}"
            f"L{self._x(out_x)} {_n(lane_y)}L{self._x(in_x)} {_n(lane_y)}"
            f"L{self._x(in_x)} {_n(in_y)}L{self._x(target.x)} {_n(in_y)}",
        )
        middle = lane_y - 6 - len(arrow.labels) * _LINE / 2
        self._label(arrow, ((out_x + in_x) / 2, middle))
        self.floor = lane_y + 6

    def _span(self, arrow: _Arrow) -> int:
        return self.boxes[arrow.source].layer - self.boxes[arrow.target].layer

    def _label(self, arrow: _Arrow, at: tuple[float, float]) -> None:
        """Write the words of an arrow at the nearest height where nothing else stands."""
        if not arrow.labels:
            return
        width = max(map(len, arrow.labels)) * _LETTER
        height = len(arrow.labels) * (_LINE - 2)
        x, top = at[0] - width / 2, at[1] - height / 2
        for shift in (0, *(sign * step * 6 for step in range(1, 60) for sign in (-1, 1))):
            spot = (x, top + shift, x + width, top + shift + height)
            if spot[1] > 44 and not any(_overlap(spot, other) for other in self.taken):
                break
        self.taken.append(spot)
        for i, line in enumerate(arrow.labels):
            y = spot[1] + 14 + i * (_LINE - 2)
            self.labels.append(
                self._text(at[0], y, line, size=12.5, colour=_TONES[arrow.kind], halo=True)
            )

    def _stroke(self, arrow: _Arrow, path: str) -> None:
        dash = ' stroke-dasharray="6 4"' if arrow.kind == "late" else ""
        self.lines.append(
            f'<path d="{path}" fill="none" stroke="{_TONES[arrow.kind]}" stroke-width="1.75" '
            f'stroke-linejoin="round"{dash} marker-end="url(#tip-{arrow.kind or "plain"})"/>'
        )

    def _text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float,
        weight: int = 400,
        colour: str = _INK,
        anchor: str = "middle",
        halo: bool = False,
    ) -> str:
        # The white rim keeps words readable where an arrow passes below them.
        rim = ' stroke="#FFFFFF" stroke-width="4" paint-order="stroke"' if halo else ""
        return (
            f'<text x="{self._x(x)}" y="{_n(y)}" font-size="{size}" font-weight="{weight}" '
            f'fill="{colour}" text-anchor="{anchor}"{rim}>{escape(words)}</text>'
        )

    def _x(self, x: float) -> str:
        return _n(self.width - x if self.mirrored else x)


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
