"""The policy desk: drafts of a new version, and the one that takes force unit by unit."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk.drafting import change, draft, rollout

_ONE = "policy/drafts/<int:draft_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("policy/rollout/", rollout.rollout, name="rollout"),
    path("policy/rollout/extend/", rollout.extend, name="rollout_extend"),
    path("policy/drafts/", draft.listed, name="drafts"),
    path("policy/drafts/begin/", draft.begin, name="draft_begin"),
    path(_ONE, draft.draft, name="draft"),
    path(f"{_ONE}change/<slug:part>/", change.change, name="draft_change"),
    path(f"{_ONE}files/", change.files, name="draft_files"),
    path(f"{_ONE}files/<str:file_name>", change.file, name="draft_file"),
    path(f"{_ONE}plan/", draft.plan, name="draft_plan"),
    path(f"{_ONE}replay/", draft.rehearsal, name="draft_rehearsal"),
    path(f"{_ONE}replay/ask/", draft.ask, name="draft_ask"),
    path(f"{_ONE}propose/", draft.propose, name="draft_propose"),
    path(f"{_ONE}take-back/", draft.take_back, name="draft_take_back"),
    path(f"{_ONE}withdraw/", draft.withdraw, name="draft_withdraw"),
    path(f"{_ONE}refuse/", draft.refuse, name="draft_refuse"),
    path(f"{_ONE}approve/", draft.approve, name="draft_approve"),
]
