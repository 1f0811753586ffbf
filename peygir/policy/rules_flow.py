"""What must hold for the stages, steps, endings and clocks: nothing is lost, nobody is silenced."""

from collections.abc import Iterator
from datetime import timedelta

from peygir.policy import graph
from peygir.policy.findings import Finding, Rule, flow
from peygir.policy.graph import UNREACHED_STEP, Edge, edges, waiting
from peygir.policy.model import CityPolicy, Ladder, Step, Words
from peygir.policy.spans import longest
from peygir.policy.vocabulary import CITIZEN, CLOSED, ROUTED, START

REPEAT_MAX = timedelta(days=31)  # an unanswered case is brought up again at least monthly


def stages_wait_under_a_ladder(policy: CityPolicy) -> Iterator[Finding]:
    yield from _ladder(policy.ladder, "ladder")
    yield from _ladder(policy.citizen_ladder, "citizen_clock")


def stages_are_reached(policy: CityPolicy) -> Iterator[Finding]:
    moves: dict[str, set[str]] = {stage: set() for stage in [*waiting(policy), CLOSED]}
    for edge in edges(policy):
        moves[edge.source] |= {edge.target} | ({edge.step.then} if edge.step.then else set())
    reached, front = set(), {*policy.beginnings, policy.start_unsorted}
    while front:
        reached |= front
        front = {target for stage in front for target in moves[stage]} - reached
    for stage in waiting(policy):
        if stage not in reached:
            yield flow(f"stages.{stage}", "no step leads here")


def an_ending_is_reached(policy: CityPolicy) -> Iterator[Finding]:
    for stage in graph.stranded(graph.worst_moves(policy, lambda step: True)):
        yield flow(f"stages.{stage}.steps", "no ending can be reached once the limits are used up")


def the_citizen_can_have_the_last_word(policy: CityPolicy) -> Iterator[Finding]:
    def usable(step: Step) -> bool:
        return step.ending is None or policy.endings[step.ending].citizens_word

    for stage in graph.stranded(graph.worst_moves(policy, usable)):
        reason = "no ending by the citizen's word can be reached once the limits are used up"
        yield flow(f"stages.{stage}.steps", reason)


def silence_strands_nothing(policy: CityPolicy) -> Iterator[Finding]:
    def usable(step: Step) -> bool:
        return "citizen_word" not in step.needs and step.by != (CITIZEN,)

    for stage in graph.stranded(graph.worst_moves(policy, usable)):
        reason = "no ending can be reached when the citizen is never heard of again"
        yield flow(f"stages.{stage}.steps", reason)


def endings_rest_on_word_or_exception(policy: CityPolicy) -> Iterator[Finding]:
    for ending in policy.endings.values():
        key = f"endings.{ending.code}"
        if ending.citizens_word and "citizen_word" not in ending.needs:
            yield flow(f"{key}.needs", "lacks “citizen_word”, which the ending rests upon")
        if not ending.citizens_word and ending.exception is None:
            yield flow(f"{key}.exception", "is missing; the ending does without the citizen's word")
        if not any(edge.step.ending == ending.code for edge in edges(policy)):
            yield flow(key, "no step leads to this ending")


def endings_get_their_evidence(policy: CityPolicy) -> Iterator[Finding]:
    for edge in _distinct(policy):
        if edge.step.ending is None:
            continue
        brought = {*edge.step.needs} | ({"head_approval"} if edge.step.approval else set())
        for evidence in policy.endings[edge.step.ending].needs:
            if evidence not in brought:
                reason = f"lacks “{evidence}”, which the ending “{edge.step.ending}” demands"
                yield flow(f"{edge.key}.needs", reason)


def closings_are_told(policy: CityPolicy) -> Iterator[Finding]:
    for edge in _distinct(policy):
        if edge.step.to == CLOSED and edge.step.tells is None:
            yield flow(f"{edge.key}.tells", "is missing; the citizen must hear of a closing")
        if edge.step.determines and edge.step.tells is None:
            yield flow(
                f"{edge.key}.tells", "is missing; a determination is reported to the citizen"
            )


def exceptions_can_be_objected_to(policy: CityPolicy) -> Iterator[Finding]:
    if not any(CITIZEN in step.by for step in policy.after_closing.values()):
        yield flow("after_closing", "no step lets the citizen object to a closing")


def loops_report(policy: CityPolicy) -> Iterator[Finding]:
    silent: dict[str, set[str]] = {stage: set() for stage in waiting(policy)}
    for edge in _distinct(policy):
        if edge.step.new_cycle and not edge.reports:
            reason = "begins a new cycle, so a human takes it and the citizen hears of it (tells)"
            yield flow(edge.key, reason)
    for edge in edges(policy):
        if edge.moves and edge.target in silent and edge.source in silent and not edge.reports:
            if edge.step.limit is None:
                silent[edge.source].add(edge.target)
            elif edge.step.then is not None:
                silent[edge.source].add(edge.step.then)
    if found := graph.loop(silent):
        way = " → ".join([*found, found[0]])
        reason = f"{way} can go round for ever without a human act and a report to the citizen"
        yield flow(f"stages.{found[0]}.steps", reason)


def sorting_names_subject_and_place(policy: CityPolicy) -> Iterator[Finding]:
    for step in policy.stages[policy.start_unsorted].steps.values():
        if step.to == START or (
            step.to in policy.stages and policy.stages[step.to].holder in ROUTED
        ):
            for evidence in ("category", "district"):
                if evidence not in step.needs:
                    key = f"stages.{policy.start_unsorted}.steps.{step.code}.needs"
                    yield flow(key, f"lacks “{evidence}”, which decides whom the case goes to")


def promises_are_bounded(policy: CityPolicy) -> Iterator[Finding]:
    for edge in _distinct(policy):
        if edge.step.rearm is None:
            continue
        for name in ("limit", "longest"):
            if getattr(edge.step, name) is None:
                yield flow(f"{edge.key}.{name}", "is missing; a promise must not be without end")


def calls_fit_their_rules(policy: CityPolicy) -> Iterator[Finding]:
    redial = policy.redial
    counted = [edge for edge in _distinct(policy) if edge.step.code == UNREACHED_STEP]
    if not counted and any("attempts" in ending.needs for ending in policy.endings.values()):
        reason = f"an ending needs “attempts”, and no stage has a step “{UNREACHED_STEP}”"
        yield flow("redial", reason)
    for edge in counted:
        if edge.step.limit is None or edge.step.limit < redial.attempts:
            yield flow(f"{edge.key}.limit", f"is below “redial.attempts” ({redial.attempts})")
        if edge.step.over is None or edge.step.over < redial.over:
            yield flow(f"{edge.key}.over", f"is below “redial.over” ({redial.over})")
        allowed = longest(policy, edge.source)
        for outcome, wait in redial.waits.items():
            if wait >= allowed:
                reason = f"waiting so long misses the deadline of “{edge.source}” ({allowed})"
                yield flow(f"redial.{outcome}", reason)


def _ladder(ladder: Ladder, key: str) -> Iterator[Finding]:
    if ladder.thresholds[-1].told != "mayor":
        yield flow(f"{key}.rungs", "the last rung must be the mayor's")
    if ladder.repeat > REPEAT_MAX:
        yield flow(f"{key}.repeat", f"must be at most {REPEAT_MAX.days} days")


def _distinct(policy: CityPolicy) -> list[Edge]:
    """Each step once, though steps open anywhere leave from every stage."""
    return list({edge.key: edge for edge in edges(policy)}.values())


FLOW = (
    Rule(
        Words(
            fa="هر مرحله مهلت دارد و نردبان هشدارش به شهردار می‌رسد و تکرار می‌شود",
            en="Every stage has a deadline, and a ladder that ends at the mayor and repeats",
        ),
        stages_wait_under_a_ladder,
    ),
    Rule(
        Words(fa="به هر مرحله راهی هست", en="Every stage can be reached"),
        stages_are_reached,
    ),
    Rule(
        Words(
            fa="از هر مرحله، حتی پس از پر شدن سقف گام‌ها، راهی به خاتمه هست",
            en="From every stage an ending can be reached, also when every limit is used up",
        ),
        an_ending_is_reached,
    ),
    Rule(
        Words(
            fa="از هر مرحله راهی هست که با حرف شهروند خاتمه یابد",
            en="From every stage the case can still end by the citizen's own word",
        ),
        the_citizen_can_have_the_last_word,
    ),
    Rule(
        Words(
            fa="اگر شهروند دیگر در دسترس نباشد هم پیام سرگردان نمی‌ماند",
            en="A citizen who is never reached again leaves no case stranded",
        ),
        silence_strands_nothing,
    ),
    Rule(
        Words(
            fa="هر خاتمه یا حرف شهروند را دارد یا استثنایی که سیاست نام برده است",
            en="Every ending passes the citizen's word, or an exception that the policy names",
        ),
        endings_rest_on_word_or_exception,
    ),
    Rule(
        Words(
            fa="هر گامی که می‌بندد مدرک آن خاتمه را همراه دارد",
            en="Every step that closes brings the evidence that its ending demands",
        ),
        endings_get_their_evidence,
    ),
    Rule(
        Words(
            fa="هر خاتمه و هر تعیین تکلیف به شهروند گفته می‌شود",
            en="Every closing and every determination is told to the citizen",
        ),
        closings_are_told,
    ),
    Rule(
        Words(
            fa="شهروند پس از خاتمه می‌تواند اعتراض کند",
            en="The citizen may object after a closing",
        ),
        exceptions_can_be_objected_to,
    ),
    Rule(
        Words(
            fa="هیچ چرخه‌ای بدون کار انسان و گزارش به شهروند نیست",
            en="No loop goes on without a human act and a report to the citizen",
        ),
        loops_report,
    ),
    Rule(
        Words(
            fa="آنچه دریافت ارجاع می‌دهد موضوع و منطقه دارد",
            en="What reception sends on has a category and a district",
        ),
        sorting_names_subject_and_place,
    ),
    Rule(
        Words(fa="وعده‌ها پایان دارند", en="Promises are bounded"),
        promises_are_bounded,
    ),
    Rule(
        Words(
            fa="تعداد و فاصلهٔ تماس‌ها با مهلت‌ها سازگار است",
            en="Attempts to reach the citizen and the waits between them fit the deadlines",
        ),
        calls_fit_their_rules,
    ),
)
