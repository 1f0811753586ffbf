"""Draws a policy for the people who must decide upon it: one sheet of SVG, in their language."""

from itertools import cycle

from peygir.policy import layout, picture
from peygir.policy.layout import CARD_WIDTH, END_HEIGHT, END_WIDTH, LANE, LINE, MARGIN, Layout
from peygir.policy.model import CityPolicy, Ladder, Threshold, Words
from peygir.policy.sayings import TOLD, number, say_delta
from peygir.policy.svg import INK, PAPER, RULE, SOFT, Canvas, wrap

COLOURS = ("#0b6e99", "#a23b72", "#b35c00", "#2f6b2f", "#5b4bb5", "#8a1c1c")
CARD, CARD_LOOSE, END_FILL, END_EXCEPTION = "#eef4f8", "#f5f5f2", "#e9f5ea", "#fdf3e1"
LADDER_HEIGHT = 118


def draw(policy: CityPolicy, language: str = "fa") -> str:
    """SVG of the stages, endings, steps and ladders. `language`: "fa" (mirrored) or "en"."""
    placed = layout.place(picture.cards(policy, language), picture.ends(policy, language))
    canvas = Canvas(placed.width, placed.height + 2 * LADDER_HEIGHT + MARGIN, language)
    title = Words(
        fa=f"راه هر پیام در {policy.words.fa}، از ثبت تا خاتمه",
        en=f"The way of a message in {policy.words.en}, from registering to closing",
    ).in_(language)
    legend = Words(
        fa="هر خط رنگی به مرحله‌ای می‌رسد که رنگ سرتیتر آن را دارد؛ خط‌چین: پس از پر شدن سقف گام",
        en="A line leads to the stage of its colour; dashed: once the limit of the step is reached",
    ).in_(language)
    canvas.text(MARGIN, 36, title, size=22, bold=True)
    canvas.text(MARGIN, 62, legend, ink=SOFT)
    colours = dict(zip(policy.stages, cycle(COLOURS), strict=False))
    _lines_to_stages(canvas, placed, colours)
    _lines_to_ends(canvas, placed)
    _cards(canvas, placed, colours)
    _ends(canvas, policy, placed)
    _ladders(canvas, policy, placed, language)
    return canvas.svg(title)


def _lines_to_stages(canvas: Canvas, placed: Layout, colours: dict[str, str]) -> None:
    heads = {card.card.stage: card.y + 20 for card in placed.cards}
    for card in placed.cards:
        for row in card.rows:
            ways = [(row.row.then, True), (row.row.target, False)]
            for target, dashed in ways:
                if target not in placed.lanes:
                    continue
                lane, port = placed.lanes[target], row.port + (8 if dashed else 0)
                points = [(placed.card_x, port), (lane, port), (lane, heads[target])]
                points.append((placed.card_x, heads[target]))
                canvas.path(points, line=colours[target], dashed=dashed)


def _lines_to_ends(canvas: Canvas, placed: Layout) -> None:
    edge = placed.card_x + CARD_WIDTH
    for place, end in enumerate(placed.ends, start=1):
        lane = placed.end_x - LANE * (len(placed.ends) + 1 - place)
        for card in placed.cards:
            for row in card.rows:
                if row.row.target == f"ending:{end.end.code}":
                    points = [(edge, row.port), (lane, row.port), (lane, end.middle)]
                    canvas.path([*points, (placed.end_x, end.middle)], line=INK)


def _cards(canvas: Canvas, placed: Layout, colours: dict[str, str]) -> None:
    for card in placed.cards:
        stage = card.card.stage
        colour = colours[stage] if stage else SOFT
        canvas.rect(
            placed.card_x,
            card.y,
            CARD_WIDTH,
            card.height,
            round_=4,
            fill=CARD if stage else CARD_LOOSE,
            line=colour,
        )
        canvas.rect(placed.card_x, card.y, 8, card.height, round_=2, fill=colour, line=colour)
        inner = placed.card_x + 22
        canvas.text(inner, card.y + 27, card.card.title, size=17, bold=True, ink=colour)
        for n, line in enumerate(card.card.lines):
            canvas.text(inner, card.y + 50 + LINE * n, line)
        for row in card.rows:
            canvas.rule(placed.card_x + 8, row.y, placed.card_x + CARD_WIDTH, row.y)
            canvas.text(inner, row.y + 21, row.row.title, size=14, bold=True)
            ink = colours.get(row.row.target or "", SOFT)
            canvas.text_end(placed.card_x + CARD_WIDTH - 12, row.y + 21, row.row.leads, ink=ink)
            for n, detail in enumerate(row.row.details):
                canvas.text(inner, row.y + 40 + LINE * n, detail, size=12, ink=SOFT)


def _ends(canvas: Canvas, policy: CityPolicy, placed: Layout) -> None:
    for end in placed.ends:
        by_word = policy.endings[end.end.code].citizens_word
        canvas.rect(
            placed.end_x,
            end.y,
            END_WIDTH,
            END_HEIGHT,
            round_=24,
            fill=END_FILL if by_word else END_EXCEPTION,
            line=COLOURS[3] if by_word else COLOURS[2],
        )
        middle = placed.end_x + END_WIDTH / 2
        canvas.centred(middle, end.y + 22, end.end.title, size=14, bold=True)
        for n, line in enumerate(wrap(end.end.why, 44)[:3]):
            canvas.centred(middle, end.y + 39 + 14 * n, line, size=11, ink=SOFT)


def _ladders(canvas: Canvas, policy: CityPolicy, placed: Layout, language: str) -> None:
    unit = Words(
        fa="اگر واحد دیر کند، چه کسی خبردار می‌شود (ساعت واحد)",
        en="When a unit is late, who is told (the unit's clock)",
    )
    citizen = Words(
        fa="از روز ثبت، هرچه در میان رخ دهد (ساعت شهروند، بی‌توقف)",
        en="From the day of registering, whatever happens (the citizen's clock, never paused)",
    )
    for n, (title, ladder) in enumerate(((unit, policy.ladder), (citizen, policy.citizen_ladder))):
        y = placed.height + n * LADDER_HEIGHT
        _ladder(canvas, ladder, title.in_(language), (y, placed.width), language)


def _ladder(
    canvas: Canvas, ladder: Ladder, title: str, place: tuple[float, float], language: str
) -> None:
    y, width = place
    canvas.rect(MARGIN, y, width - 2 * MARGIN, LADDER_HEIGHT - 14, round_=4, fill=PAPER, line=RULE)
    canvas.text(MARGIN + 16, y + 24, title, size=14, bold=True)
    slot = (width - 2 * MARGIN) / (len(ladder.thresholds) + 1)
    first = MARGIN + slot / 2
    canvas.rule(first, y + 60, first + slot * len(ladder.thresholds), y + 60)
    for n, threshold in enumerate(ladder.thresholds):
        x = first + slot * n
        canvas.dot(x, y + 60, fill=COLOURS[5] if threshold.told == "mayor" else COLOURS[0])
        canvas.centred(x, y + 48, _when(threshold, ladder, language), size=12)
        canvas.centred(x, y + 84, TOLD[threshold.told].in_(language), size=12, ink=SOFT)
    again = Words(
        fa=f"سپس هر {say_delta(ladder.repeat, 'fa')}، تا پاسخ",
        en=f"then every {say_delta(ladder.repeat, 'en')}",
    )
    canvas.centred(first + slot * len(ladder.thresholds), y + 48, again.in_(language), size=12)


def _when(threshold: Threshold, ladder: Ladder, language: str) -> str:
    if threshold.percent is not None:
        return Words(
            fa=f"{number(threshold.percent, 'fa')}٪ مهلت گذشت",
            en=f"{threshold.percent}% of the time",
        ).in_(language)
    if threshold.after is None:
        return Words(fa="پایان مهلت", en="deadline").in_(language)
    after = say_delta(threshold.after, language)
    if ladder.thresholds[0].kind == "rung":  # counts from the start
        return after
    return Words(fa=f"{after} پس از مهلت", en=f"{after} later").in_(language)
