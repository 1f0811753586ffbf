"""Finding papers by their words, over the one index of normalised text."""

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet

from peygir.calendars.persian import search_key
from peygir.people.models import Paper

WORDS_MAX = 12
TEXT_MAX = 200  # characters of a search


def query(text: str) -> SearchQuery | None:
    """All words of `text`, the last as a beginning; None when nothing is left to search for."""
    words = search_key(text[:TEXT_MAX]).split()[:WORDS_MAX]
    if not words:
        return None
    # search_key leaves letters and digits only, so nothing here can be read as an operator.
    return SearchQuery(
        " & ".join([*words[:-1], f"{words[-1]}:*"]), config="simple", search_type="raw"
    )


def matching(papers: QuerySet[Paper], wanted: SearchQuery) -> QuerySet[Paper]:
    return papers.annotate(found=SearchVector("search", config="simple")).filter(found=wanted)
