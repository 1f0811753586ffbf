"""How the public log stands: sealed, witnessed, or standing still and what to do then."""

from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from peygir.boards import reconcile
from peygir.desk import nav
from peygir.desk.access import StaffRequest, page
from peygir.ledger.log import status, stops, witnesses

WHY: Final = {
    stops.GUARD: gettext_noop("The database knows less than was signed before."),
    stops.NO_GUARD: gettext_noop("The file that remembers what was signed is not there."),
    stops.KEYS: gettext_noop("The keys that signed before are gone."),
    stops.FORK: gettext_noop("Outside witnesses have seen another log."),
    stops.FILES: gettext_noop("A published file says something else than the database."),
    stops.DISK: gettext_noop("A file could not be written or read."),
    stops.LEAVES: gettext_noop("An event could not be told publicly."),
    stops.POLICY: gettext_noop("The file that names the witnesses cannot be understood."),
}
ANSWERS: Final = {
    "": ("ok", gettext_noop("cosigned")),
    witnesses.DOWN: ("warn", gettext_noop("did not answer")),
    witnesses.REFUSED: ("warn", gettext_noop("refused")),
    witnesses.WRONG: ("danger", gettext_noop("answered with a wrong signature")),
    witnesses.FORK: ("danger", gettext_noop("has seen another log")),
}


@page("public_log")
@never_cache
@require_GET
def public_log(request: StaffRequest) -> HttpResponse:
    """One page without a form: what has to be done is done on the server.

    It tells how old, never how many events wait: a count would tell of a sealed complaint (T7). For
    the same reason it tells that rows differ from their events, and not which.
    """
    now = status.status()
    rows = []
    for each in now.witnesses:
        tone, words = ANSWERS[each.failure]
        rows.append({"name": each.name, "tone": tone, "words": _(words), "asked": each})
    context = {
        "now": now,
        "why": _(WHY[now.stop]) if now.stop else "",
        "is_hard": now.stop in stops.HARD,
        "is_late": now.since is not None and request.at - now.since > status.LATE,
        "rows": rows,
        "is_watched": bool(settings.PEYGIR_LOG_POLICY or rows),
        "compared": reconcile.last(),
        "nights": reconcile.nights(),
    }
    return nav.show(request, "desk/public_log.html", context, here="public_log")
