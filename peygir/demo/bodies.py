"""Which outside body a simulated case belongs to: by its subject, and by what its citizen said.

`[bodies]` of demo.toml names them for a category or for a whole group. A city that leaves the table
out is read by the names of its bodies.
"""

from random import Random

from peygir.calendars.persian import search_key, words
from peygir.cases.state import CaseState
from peygir.demo.town import Town
from peygir.people import papers


def any_fits(town: Town, state: CaseState) -> bool:
    """Whether there is a body that a case about this could go to."""
    if not state.category or not town.policy.organisation.outside_bodies:
        return False
    return not town.texts.bodies or bool(town.texts.body_words(town.policy, state.category))


def choose(town: Town, state: CaseState, *, by: str = "") -> str:
    """A body that fits, the same whenever this case is asked about; of those told `by` (letter,
    list) if one of them is. Ask `any_fits` before."""
    found = _fitting(town, state)
    known = town.policy.organisation.outside_bodies
    found = [code for code in found if known[code].by == by] or found
    return Random(state.id).choice(found)  # noqa: S311 - a play, no secret


def _fitting(town: Town, state: CaseState) -> list[str]:
    """Those whose words the citizen used most; of nobody's words, all that the subject has."""
    said = " ".join(paper.text for paper in papers.of(state.id, "words"))
    if not town.texts.bodies:
        return _named(town, f"{said} {town.policy.categories[state.category].words.fa}")
    table = town.texts.body_words(town.policy, state.category)
    spoken = f" {search_key(said)} "
    counts = {
        code: sum(f" {search_key(word)} " in spoken for word in own) for code, own in table.items()
    }
    most = max(counts.values())
    return [code for code, count in counts.items() if count == most]


def _named(town: Town, said: str) -> list[str]:
    """Bodies that share a word of their name with `said`; all when none does."""
    bodies, spoken = town.policy.organisation.outside_bodies, {*words(said)}
    return [code for code, one in bodies.items() if spoken & {*words(one.fa)}] or [*bodies]
