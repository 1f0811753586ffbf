"""Calls, field visits, heads, scores, people and policy."""

from django.urls import URLPattern, URLResolver, path

from peygir.desk.follow import (
    again,
    feedback,
    field,
    head,
    objections,
    organisation,
    policy,
    ranking,
    staff,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("feedback/", feedback.queue, name="feedback"),
    path("feedback/claim/", feedback.claim, name="feedback_claim"),
    path("feedback/release/", feedback.release, name="feedback_release"),
    path("feedback/reporter/", feedback.reporter, name="feedback_reporter"),
    path("feedback/outcome/", feedback.outcome, name="feedback_outcome"),
    path("field/", field.field_list, name="field"),
    path("field/worker.js", field.worker, name="field_worker"),
    path("field/ticket/", field.ticket, name="field_ticket"),
    path("field/visits/", field.visits_endpoint, name="field_visits"),
    path("field/<slug:code>/", field.visit_page, name="field_visit"),
    path("field/<slug:code>/citizen-code/", field.citizen_code, name="field_code"),
    path("field/<slug:code>/confirm/", again.confirm, name="field_confirm"),
    path("head/", head.head, name="head"),
    path("head/proposals/<slug:code>/", head.proposal, name="head_proposal"),
    path("head/points/<int:point_id>/", objections.point, name="point"),
    path("head/objections/<int:appeal_id>/", objections.decision, name="objection"),
    path("ranking/", ranking.ranking, name="ranking"),
    path("ranking.csv", ranking.ranking_csv, name="ranking_csv"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/posts/<slug:code>/", organisation.post, name="post"),
    path(
        "organisation/delegations/<int:delegation_id>/end/",
        organisation.end_delegation,
        name="delegation_end",
    ),
    path("staff/", staff.people, name="staff"),
    path("staff/add/", staff.add, name="staff_add"),
    path("staff/<int:staff_id>/", staff.person, name="person"),
    path("staff/<int:staff_id>/change/", staff.change, name="person_change"),
    path("staff/<int:staff_id>/password/", staff.password, name="person_password"),
    path("staff/<int:staff_id>/activity/", staff.activity, name="person_activity"),
    path("staff/<int:staff_id>/tenures/", staff.start_tenure, name="person_tenure"),
    path("staff/<int:staff_id>/tenures/end/", staff.end_tenure, name="person_tenure_end"),
    path("policy/", policy.policy, name="policy"),
]
