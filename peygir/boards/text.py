"""Finding papers by their words, over the one index of normalised text."""

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet

from peygir.calendars.persian import search_key
from peygir.people.models import Paper

WORDS_MAX = 12
TEXT_MAX = 200  # characters of a search


def expression(text: str) -> str:
    """All words of `text`, the last as a beginning, for to_tsquery; "" when none is left."""
    words = search_key(text[:TEXT_MAX]).split()[:WORDS_MAX]
    # search_key leaves letters and digits only, so nothing here can be read as an operator.
    return " & ".join([*words[:-1], f"{words[-1]}:*"]) if words else ""


def query(text: str) -> SearchQuery | None:
    """`expression` for a filter; None when nothing is left to search for."""
    raw = expression(text)
    return SearchQuery(raw, config="simple", search_type="raw") if raw else None


def matching(papers: QuerySet[Paper], wanted: SearchQuery) -> QuerySet[Paper]:
    return papers.annotate(found=SearchVector("search", config="simple")).filter(found=wanted)
