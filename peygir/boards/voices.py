"""What each kind of voice asks of whoever brings it, the same for every door (T6, T7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peygir.calendars.codes import CodeError, check
from peygir.cases.models import Case
from peygir.policy.model import CityPolicy, Kind, Step
from peygir.policy.vocabulary import CLOSED, HOLDER, ROUTED

TEXTS = frozenset({"answer_text", "report_to_citizen"})  # what is said on the telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What a form asks for one kind. `place`: subject, address and district; `file`: a plan or
    other papers may come along; `case`: the code of the earlier message, which must be given when
    it is what the voice is about, and may be given where somebody is complained of."""

    place: bool = True
    case: bool = False
    case_needed: bool = False
    post: bool = False
    unit: bool = False
    file: bool = False
    sealed: bool = False


def asks(policy: CityPolicy, kind: str) -> Asks:
    """What the form of `kind` asks for."""
    found = policy.kinds[kind]
    own = _has_own_way(policy, found)
    return Asks(
        place=not own,
        case=found.about in ("case", "post"),
        case_needed=found.about == "case",
        post=found.about == "post",
        unit=found.about == "unit",
        file=own and found.about != "unit",
        sealed=found.sealed,
    )


def has_ways(policy: CityPolicy) -> bool:
    """Whether some kind of voice goes another way than a plain message."""
    return any(_is_special(kind) for kind in policy.kinds.values())


def plain_kinds(policy: CityPolicy) -> list[str]:
    """Kinds that differ by name only: one form serves them all."""
    return [code for code, kind in policy.kinds.items() if not _is_special(kind)]


def special_kinds(policy: CityPolicy) -> list[str]:
    """Kinds with a form or a way of their own."""
    return [code for code, kind in policy.kinds.items() if _is_special(kind)]


def called(policy: CityPolicy, post: str, language: str) -> str:
    """A post as people choose it from a list: with its unit, where its own words do not say it."""
    found = policy.organisation.posts[post]
    own = found.words.in_(language)
    unit = policy.organisation.units[found.unit].words.in_(language)
    return own if unit in own else f"{own} — {unit}"


def earlier(typed: str) -> int | None:
    """The case of a tracking code in any digits; None when there is no such case.

    That it exists is all that anybody learns.
    """
    try:
        code = check(typed)
    except CodeError:
        return None
    return Case.objects.filter(code=code).values_list("pk", flat=True).first()


def officials(policy: CityPolicy, unit: str) -> list[str]:
    """Posts that may be complained of where `unit` answered: its own, its head first, then those
    above. The mayor is always the last (T7)."""
    org = policy.organisation
    own = [post.code for post in org.posts.values() if post.unit == unit]
    own.sort(key=lambda code: not org.posts[code].head)
    above = org.chain(org.head_of(unit)) if unit in org.units else ()
    mayors = _mayors(policy)
    found = dict.fromkeys([*own, *above])
    return [code for code in found if code not in mayors] + mayors


def of_case(policy: CityPolicy, case: Case) -> list[str]:
    """Whom a complaint about the handling of `case` may be about: the head of the unit that
    answers for it, everybody above, the mayor."""
    org = policy.organisation
    unit = case.executive_unit or case.unit
    chain = org.chain(org.head_of(unit)) if unit in org.units else ()
    mayors = _mayors(policy)
    return [code for code in chain if code not in mayors] + mayors


def units(policy: CityPolicy, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(code, words)]) of all units: by district, then the others."""
    org = policy.organisation
    groups: dict[str, list[tuple[str, str]]] = {}
    for unit in org.units.values():
        place = org.districts.get(unit.district or 0)
        group = place.in_(language) if place else ""
        if not place:
            parent = next((u for u in org.ancestors(unit.code) if org.units[u].district), None)
            district = org.units[parent].district if parent else None
            group = org.districts[district].in_(language) if district else ""
        groups.setdefault(group, []).append((unit.code, unit.words.in_(language)))
    return sorted(groups.items(), key=lambda pair: pair[0] != "")


def answer_step(
    policy: CityPolicy, kind: str, roles: Iterable[str], own: Iterable[str]
) -> Step | None:
    """The step by which a message of this kind is answered while the caller is on the line.

    None where it takes more than words. `roles` and `own` units are the operator's.
    """
    start = policy.kinds[kind].start
    if start is None:
        return None
    stage = policy.stages[start]
    who = {*roles, *([HOLDER] if stage.holder in set(own) else [])}
    for step in stage.steps.values():
        by_words = set(step.needs) <= TEXTS and step.needs and step.approval is None
        if step.to == CLOSED and by_words and who & set(step.by):
            return step
    return None


def thanks(policy: CityPolicy) -> Sequence[str]:
    """Kinds that name a unit: what is said of it reaches it."""
    return [code for code, kind in policy.kinds.items() if kind.about == "unit"]


def _is_special(kind: Kind) -> bool:
    return kind.start is not None or kind.about is not None


def _has_own_way(policy: CityPolicy, kind: Kind) -> bool:
    return kind.start is not None and policy.stages[kind.start].holder not in ROUTED


def _mayors(policy: CityPolicy) -> list[str]:
    posts = policy.organisation.posts.values()
    return [post.code for post in posts if "mayor" in post.roles]
