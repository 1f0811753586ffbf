"""What the drawing of a policy shows, before anybody decides where: cards, rows and endings."""

from dataclasses import dataclass

from peygir.policy.graph import holders
from peygir.policy.model import CityPolicy, Stage, Step, Words
from peygir.policy.sayings import ACTORS, EVIDENCE, ONLY_FOR, listed, number, say_delta, say_span
from peygir.policy.sayings import HOLDERS as SAID_HOLDERS
from peygir.policy.svg import wrap
from peygir.policy.vocabulary import (
    CLOSED,
    DONE,
    HOLDERS,
    ROUTED,
    ROUTING,
    ROUTING_HEAD,
    SAME,
    START,
    SUPERIOR,
)

LINE_MAX, DETAIL_MAX = 78, 84  # characters that fit into a card

ANYWHERE = Words(fa="در هر مرحله", en="At any stage")
CO_UNIT = Words(fa="واحد همکار", en="the unit that was asked to join")
AFTER_CLOSING = Words(fa="پس از خاتمه", en="After closing")


@dataclass(frozen=True, slots=True)
class Row:
    """One step: its line begins here and ends at `target`, or at `then` once the limit is hit."""

    title: str
    leads: str  # where to, in words: colours alone must not carry it
    details: tuple[str, ...]
    target: str | None  # a stage, "ending:<code>", or None when the case stays as it is
    then: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A stage, or the steps open anywhere and after closing (`stage` None: arrows only leave)."""

    stage: str | None
    title: str
    lines: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class End:
    code: str
    title: str
    why: str  # by the citizen's word, or why without


def cards(policy: CityPolicy, language: str) -> list[Card]:
    found = [
        Card(
            stage.code,
            stage.words.in_(language),
            _lines(policy, stage, language),
            tuple(_row(policy, step, language) for step in stage.steps.values()),
        )
        for stage in policy.stages.values()
    ]
    for title, steps in ((ANYWHERE, policy.anywhere), (AFTER_CLOSING, policy.after_closing)):
        if steps:
            rows = tuple(_row(policy, step, language) for step in steps.values())
            found.append(Card(None, title.in_(language), (), rows))
    return found


def ends(policy: CityPolicy, language: str) -> list[End]:
    by_word = Words(fa="با حرف خود شهروند", en="by the citizen's own word")
    return [
        End(e.code, e.words.in_(language), (e.exception or by_word).in_(language))
        for e in policy.endings.values()
    ]


def _lines(policy: CityPolicy, stage: Stage, language: str) -> tuple[str, ...]:
    """Who holds the case here, for how long, and whether cases begin here."""
    if stage.holder in HOLDERS and stage.holder not in ROUTED:
        holder = SAID_HOLDERS[stage.holder]
    elif stage.holder == ROUTING_HEAD:
        holder = Words(
            fa=f"مسئول: مدیر واحد موضوع و منطقه ({_count(policy, stage, 'fa')} پست)",
            en=f"Held by the head of the unit of subject and district "
            f"({_count(policy, stage, 'en')} posts)",
        )
    elif stage.holder == ROUTING:
        holder = Words(
            fa=f"مسئول: واحدی که به موضوع و منطقه پاسخگوست ({_count(policy, stage, 'fa')} واحد)",
            en=f"Held by the unit of subject and district ({_count(policy, stage, 'en')} units)",
        )
    else:
        name = policy.organisation.units[stage.holder].words
        holder = Words(fa=f"مسئول: {name.fa}", en=f"Held by: {name.en}")
    lines = [holder.in_(language), _due(policy, stage, language), *_beside(policy, stage, language)]
    if stage.code == policy.start:
        lines.append(
            Words(fa="◆ آغاز پیامی که موضوع و منطقه دارد", en="◆ Cases begin here").in_(language)
        )
    elif stage.code == policy.start_unsorted:
        begins = Words(
            fa="◆ آغاز پیامی که موضوع یا منطقه‌اش روشن نیست",
            en="◆ Cases without a category or district begin here",
        )
        lines.append(begins.in_(language))
    return tuple(part for line in lines for part in wrap(line, LINE_MAX))


def _beside(policy: CityPolicy, stage: Stage, language: str) -> list[str]:
    """What a stage does besides waiting: tracks side by side, climbing, moving on by itself."""
    found = []
    if stage.tracks:
        names = [policy.stages[code].words for code in stage.tracks]
        found.append(
            Words(fa=f"هم‌زمان: {listed(names, 'fa')}", en=f"Side by side: {listed(names, 'en')}")
        )
    if stage.then is not None:
        then = policy.stages[stage.then].words
        found.append(
            Words(fa=f"پس از پایان همه: به «{then.fa}»", en=f"When all are done: to “{then.en}”")
        )
    if stage.on_breach == SUPERIOR:
        found.append(
            Words(
                fa="پس از مهلت: به مدیر بالاتر، تا شهردار",
                en="When time is up: to the superior, up to the mayor",
            )
        )
    elif stage.on_breach is not None:
        step = stage.steps[stage.on_breach].words
        found.append(Words(fa=f"پس از مهلت: «{step.fa}»", en=f"When time is up: “{step.en}”"))
    return [words.in_(language) for words in found]


def _count(policy: CityPolicy, stage: Stage, language: str) -> str:
    return number(len(holders(policy, stage.code)), language)


def _due(policy: CityPolicy, stage: Stage, language: str) -> str:
    label = Words(fa="مهلت: ", en="Time allowed: ").in_(language)
    if stage.due != "class":
        return label + say_span(stage.due, language)
    return label + " · ".join(
        f"{c.words.in_(language)} {say_span(c.due, language)}" for c in policy.classes.values()
    )


def _row(policy: CityPolicy, step: Step, language: str) -> Row:
    who = listed([CO_UNIT if step.role == "co" else ACTORS[actor] for actor in step.by], language)
    details = [Words(fa=f"چه کسی: {who}", en=f"By {who}").in_(language) + _rules(step, language)]
    if step.needs:
        needs = listed([EVIDENCE[evidence] for evidence in step.needs], language)
        details.append(Words(fa=f"لازم: {needs}", en=f"Needs: {needs}").in_(language))
    if step.then:
        then = policy.stages[step.then].words
        details.append(
            Words(fa=f"پس از سقف: به «{then.fa}»", en=f"At the limit: to “{then.en}”").in_(language)
        )
    lines = tuple(part for detail in details for part in wrap(detail, DETAIL_MAX))
    leads = _leads(policy, step).in_(language)
    return Row(step.words.in_(language), leads, lines, _target(step), step.then)


def _rules(step: Step, language: str) -> str:
    said: list[Words] = []
    if step.approval:
        said.append(Words(fa="با تأیید رئیس واحد", en="approved by the unit's head"))
    if step.only_for:
        said.append(ONLY_FOR[step.only_for])
    if step.limit:
        said.append(
            Words(fa=f"حداکثر {number(step.limit, 'fa')} بار", en=f"at most {step.limit} times")
        )
    if step.longest:
        said.append(
            Words(
                fa=f"هر بار تا {say_delta(step.longest, 'fa')}",
                en=f"up to {say_delta(step.longest, 'en')} each",
            )
        )
    if step.within:
        said.append(
            Words(
                fa=f"تا {say_delta(step.within, 'fa')}", en=f"within {say_delta(step.within, 'en')}"
            )
        )
    return "".join(f" · {words.in_(language)}" for words in said)


def _leads(policy: CityPolicy, step: Step) -> Words:
    if step.ending is not None:
        return Words(fa="خاتمه ◄", en="► closed")
    if step.to == SAME:
        return Words(fa="بی‌جابه‌جایی", en="stays")
    if step.to == DONE:
        return Words(fa="پایان این مسیر", en="this track is done")
    if step.to == START:
        return Words(fa="به آغاز راه خود", en="to where its way begins")
    name = policy.stages[step.to].words
    return Words(fa=f"به: {name.fa}", en=f"to: {name.en}")


def _target(step: Step) -> str | None:
    if step.to == CLOSED:
        return f"ending:{step.ending}"
    return None if step.to in (SAME, DONE, START) else step.to
