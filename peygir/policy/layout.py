"""Places the drawing of a policy: cards in one column, endings beside them, lines in lanes between.

Everything is placed for a reader from left to right; `svg.Canvas` mirrors it for Persian. All
arrows to one stage share one lane, as lines of an underground railway do, so none has to be
labelled in mid-air: what a step is called stands in its row, where its line begins.
"""

from dataclasses import dataclass

from peygir.policy.picture import Card, End, Row

MARGIN = 24
TOP = 84  # the title
LANE = 22
CARD_WIDTH = 560
END_WIDTH = 310
LINE = 19  # one line of small text
HEAD = 38  # a card's title
ROW_TITLE = 24
GAP = 26
END_HEIGHT = 74


@dataclass(frozen=True, slots=True)
class PlacedRow:
    row: Row
    y: float  # its top; the line leaves at `port`
    port: float


@dataclass(frozen=True, slots=True)
class PlacedCard:
    card: Card
    y: float
    head: float  # height of title and lines
    height: float
    rows: tuple[PlacedRow, ...]


@dataclass(frozen=True, slots=True)
class PlacedEnd:
    end: End
    y: float
    middle: float


@dataclass(frozen=True, slots=True)
class Layout:
    cards: tuple[PlacedCard, ...]
    ends: tuple[PlacedEnd, ...]
    lanes: dict[str, float]  # stage -> x of its lane
    card_x: float
    end_x: float
    width: float
    height: float  # of cards and endings


def place(cards: list[Card], ends: list[End]) -> Layout:
    placed, y = [], float(TOP)
    for card in cards:
        placed.append(_card(card, y))
        y += placed[-1].height + GAP
    stages = [card.stage for card in cards if card.stage is not None]
    card_x = MARGIN + LANE * (len(stages) + 1)
    end_x = card_x + CARD_WIDTH + LANE * (len(ends) + 2)
    placed_ends = _ends(ends, placed)
    bottom = max([y, *(end.y + END_HEIGHT + GAP for end in placed_ends)])
    return Layout(
        cards=tuple(placed),
        ends=tuple(placed_ends),
        lanes={stage: card_x - LANE * (n + 1) for n, stage in enumerate(stages)},
        card_x=card_x,
        end_x=end_x,
        width=end_x + END_WIDTH + MARGIN,
        height=bottom,
    )


def _card(card: Card, y: float) -> PlacedCard:
    head = HEAD + LINE * len(card.lines) + 6
    rows, at = [], y + head
    for row in card.rows:
        rows.append(PlacedRow(row, at, at + ROW_TITLE / 2 + 4))
        at += ROW_TITLE + LINE * len(row.details) + 10
    return PlacedCard(card, y, head, at - y + 4, tuple(rows))


def _ends(ends: list[End], cards: list[PlacedCard]) -> list[PlacedEnd]:
    """Each ending beside the rows that lead to it, none above another."""
    wanted = sorted(ends, key=lambda end: _beside(end, cards))
    placed: list[PlacedEnd] = []
    free = float(TOP)
    for end in wanted:
        y = max(free, _beside(end, cards) - END_HEIGHT / 2)
        placed.append(PlacedEnd(end, y, y + END_HEIGHT / 2))
        free = y + END_HEIGHT + 14
    return placed


def _beside(end: End, cards: list[PlacedCard]) -> float:
    ports = [r.port for c in cards for r in c.rows if r.row.target == f"ending:{end.code}"]
    return sum(ports) / len(ports) if ports else float(TOP)
