"""Which screens there are: who looks at each, in which city, and what is done first."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tools import hands, scenes
from tools.town import Town


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One screen. `city`: the demo that shows it, "" the default one.

    `scene` is played once before its pictures and leaves things as they are when they were so
    already; `prepare` is done on the page of every picture.
    """

    name: str
    path: str
    account: str = ""
    city: str = ""
    scene: Callable[[Town], None] | None = None
    prepare: Callable[[Page], None] | None = None
    full_page: bool = False


ANY_CITY = (
    Screen(name="home", path="/"),
    Screen(name="report", path="/report/", full_page=True),
    Screen(name="track", path="/track/"),
    Screen(
        name="story",
        path="/track/",
        scene=scenes.somebody_is_asked,
        prepare=hands.story,
        full_page=True,
    ),
    Screen(
        name="answer",
        path="/track/",
        scene=scenes.somebody_is_asked,
        prepare=hands.answer,
        full_page=True,
    ),
    Screen(name="mine", path="/mine/"),
    Screen(name="questions", path="/help/questions/", prepare=hands.question, full_page=True),
    Screen(name="sign-in", path="/desk/login/"),
    Screen(name="console", path="/desk/console/", account="operator", prepare=hands.ringing),
    Screen(
        name="guidance",
        path="/desk/console/",
        account="operator",
        prepare=hands.asked,
        full_page=True,
    ),
    Screen(name="inbox", path="/desk/inbox/", account="executive"),
    Screen(
        name="case",
        path="/desk/inbox/",
        account="executive",
        prepare=hands.first_case,
        full_page=True,
    ),
    Screen(
        name="search",
        path="/desk/search/",
        account="operator",
        prepare=hands.results,
        full_page=True,
    ),
    Screen(name="feedback", path="/desk/feedback/", account="feedback"),
    Screen(name="field", path="/desk/field/", account="inspector"),
    Screen(
        name="visit",
        path="/desk/field/",
        account="inspector",
        prepare=hands.first_visit,
        full_page=True,
    ),
    Screen(name="head", path="/desk/head/", account="head", full_page=True),
    Screen(name="mayor", path="/desk/head/", account="mayor", full_page=True),
    Screen(
        name="call",
        path="/desk/feedback/",
        account="feedback",
        prepare=hands.next_call,
        full_page=True,
    ),
    Screen(name="account", path="/desk/account/", account="operator", full_page=True),
    Screen(
        name="second-factor",
        path="/desk/account/",
        account="operator",
        prepare=hands.second_factor,
        full_page=True,
    ),
    Screen(name="undelivered", path="/desk/undelivered/", account="centre"),
    Screen(name="person", path="/desk/staff/", account="admin", prepare=hands.first_person),
    Screen(name="point", path="/desk/head/", account="head", prepare=hands.first_point),
    Screen(name="simulator", path="/desk/simulator/", account="centre"),
    Screen(name="outbox", path="/dev/outbox/"),
    Screen(name="ranking", path="/desk/ranking/", account="mayor", full_page=True),
    Screen(name="analysis", path="/desk/analysis/", account="mayor", full_page=True),
    Screen(name="analysis-places", path="/desk/analysis/places/", account="mayor", full_page=True),
    Screen(name="analysis-units", path="/desk/analysis/units/", account="mayor", full_page=True),
    Screen(
        name="analysis-forecast",
        path="/desk/analysis/forecast/",
        account="mayor",
        full_page=True,
    ),
    Screen(
        name="inspections",
        path="/desk/analysis/inspections/",
        account="inspector",
        scene=scenes.claims_are_inspected,
        prepare=hands.first_claim,
        full_page=True,
    ),
    Screen(name="analysis-rows", path="/desk/analysis/rows/?late=1", account="mayor"),
    Screen(name="ranking-posts", path="/desk/ranking/scores/", account="mayor"),
    Screen(
        name="ranking-why",
        path="/desk/ranking/",
        account="mayor",
        prepare=hands.first_ranked,
        full_page=True,
    ),
    Screen(name="ranking-audits", path="/desk/ranking/audits/", account="mayor", full_page=True),
    Screen(name="organisation", path="/desk/organisation/", account="admin"),
    Screen(name="staff", path="/desk/staff/", account="admin"),
    Screen(name="contacts", path="/desk/contacts/", account="centre", full_page=True),
    Screen(
        name="shifts",
        path="/desk/shifts/",
        account="centre",
        scene=scenes.shifts_are_entered,
        full_page=True,
    ),
    Screen(
        name="quality",
        path="/desk/quality/",
        account="feedback",
        scene=scenes.answers_are_drawn,
        full_page=True,
    ),
    Screen(name="objections", path="/desk/objections/", account="centre", full_page=True),
)

POLICY = (
    Screen(name="policy", path="/desk/policy/", account="mayor", full_page=True),
    Screen(
        name="policy-drafts",
        path="/desk/policy/drafts/",
        account="centre",
        scene=scenes.policy_is_drafted,
    ),
    Screen(
        name="policy-change",
        path="/desk/policy/drafts/",
        account="centre",
        prepare=hands.change_of_draft,
        full_page=True,
    ),
    Screen(
        name="policy-difference",
        path="/desk/policy/drafts/",
        account="centre",
        prepare=hands.newest_draft,
        full_page=True,
    ),
    Screen(
        name="policy-approve",
        path="/desk/policy/drafts/",
        account="mayor",
        prepare=hands.draft_before,
        full_page=True,
    ),
    Screen(name="policy-rollout", path="/desk/policy/rollout/", account="mayor", full_page=True),
)

ISFAHAN = (
    Screen(
        name="wall",
        city="isfahan",
        path="/desk/operations/",
        account="dispatcher",
        scene=scenes.something_urgent,
    ),
    Screen(
        name="urgent",
        city="isfahan",
        path="/desk/console/",
        account="operator",
        prepare=hands.urgent,
        full_page=True,
    ),
    Screen(
        name="letters",
        city="isfahan",
        path="/desk/letters/",
        account="letters",
        scene=scenes.letters_are_written,
        full_page=True,
    ),
    Screen(
        name="letter-write",
        city="isfahan",
        path="/desk/letters/",
        account="letters",
        prepare=hands.write_letter,
        full_page=True,
    ),
    Screen(
        name="letter",
        city="isfahan",
        path="/desk/letters/?state=sent",
        account="letters",
        prepare=hands.first_letter,
        full_page=True,
    ),
    Screen(
        name="social",
        city="isfahan",
        path="/desk/social/",
        account="social",
        scene=scenes.words_are_drafted,
    ),
    Screen(
        name="social-track",
        city="isfahan",
        path="/desk/social/",
        account="centre",
        prepare=hands.drafted_words,
        full_page=True,
    ),
    Screen(
        name="council",
        city="isfahan",
        path="/desk/council/",
        account="council",
        scene=scenes.council_is_invited,
    ),
    Screen(
        name="council-story",
        city="isfahan",
        path="/desk/council/",
        account="council",
        prepare=hands.whole_story,
        full_page=True,
    ),
    Screen(
        name="special",
        city="isfahan",
        path="/desk/letters/",
        account="centre",
        prepare=hands.special_case,
        full_page=True,
    ),
    Screen(
        name="crisis-plan",
        city="isfahan",
        path="/desk/crisis/plans/storm/",
        account="centre",
        scene=scenes.plan_is_written,
        full_page=True,
    ),
    Screen(
        name="crisis",
        city="isfahan",
        path="/desk/crisis/",
        account="deputy",
        scene=scenes.crisis_is_asked_for,
        full_page=True,
    ),
    Screen(
        name="crisis-on",
        city="isfahan",
        path="/desk/crisis/",
        account="centre",
        scene=scenes.crisis_is_on,
    ),
    Screen(name="crisis-calls", city="isfahan", path="/desk/crisis/fast/", account="operator"),
    Screen(name="crisis-home", city="isfahan", path="/"),
    Screen(name="crisis-citizen", city="isfahan", path="/crisis/", full_page=True),
    Screen(name="crisis-form", city="isfahan", path="/report/"),
    Screen(
        name="crisis-work",
        city="isfahan",
        path="/desk/crisis/",
        account="centre",
        prepare=hands.crisis_work,
        full_page=True,
    ),
    Screen(
        name="crisis-report",
        city="isfahan",
        path="/desk/crisis/",
        account="centre",
        scene=scenes.crisis_is_over,
        prepare=hands.crisis_report,
        full_page=True,
    ),
)

MASHHAD = (
    Screen(
        name="office",
        city="mashhad",
        path="/desk/office/",
        account="admin",
        scene=scenes.manager_has_mail,
        full_page=True,
    ),
)

TEHRAN = (
    Screen(
        name="complaint",
        city="tehran",
        path="/report/",
        prepare=hands.complaint,
        full_page=True,
    ),
    Screen(
        name="complaint-sent",
        city="tehran",
        path="/report/",
        prepare=hands.complaint_sent,
        full_page=True,
    ),
    Screen(
        name="complaint-call",
        city="tehran",
        path="/desk/console/",
        account="operator",
        prepare=hands.complaint_by_telephone,
        full_page=True,
    ),
    Screen(
        name="complaint-examined",
        city="tehran",
        path="/desk/inbox/",
        account="inspection",
        prepare=hands.first_case,
        full_page=True,
    ),
    Screen(name="idea", city="tehran", path="/report/?kind=plan", full_page=True),
    Screen(
        name="ideas",
        city="tehran",
        path="/desk/inbox/",
        account="ideas",
        prepare=hands.first_case,
        full_page=True,
    ),
    Screen(name="outside", city="tehran", path="/desk/outside/", account="centre", full_page=True),
    Screen(
        name="outside-body",
        city="tehran",
        path="/desk/outside/",
        account="centre",
        prepare=hands.busiest_body,
        full_page=True,
    ),
)

FIGURES = (
    Screen(name="figures", path="/observatory/", full_page=True),
    Screen(
        name="figures-unit",
        path="/observatory/ranking/",
        prepare=hands.first_ranked,
        full_page=True,
    ),
    Screen(
        name="figures-district",
        path="/observatory/districts/",
        prepare=hands.first_ranked,
        full_page=True,
    ),
    Screen(name="figures-ranking", path="/observatory/ranking/", full_page=True),
    Screen(name="figures-managers", path="/observatory/managers/", full_page=True),
    Screen(name="figures-trends", path="/observatory/trends/", full_page=True),
    Screen(name="figures-rows", path="/observatory/entries/?of=overdue", full_page=True),
    Screen(
        name="figures-case",
        path="/observatory/entries/?of=closed",
        prepare=hands.first_followed,
        full_page=True,
    ),
    Screen(name="figures-how", path="/observatory/how/", full_page=True),
    Screen(name="figures-check", path="/observatory/check/", full_page=True),
    Screen(name="figures-data", path="/observatory/data/", full_page=True),
    Screen(name="figures-corrections", path="/observatory/corrections/", full_page=True),
    Screen(name="witness", path="/observatory/check/", prepare=hands.witness),
    Screen(name="second-calls", path="/desk/feedback/second/", account="centre", full_page=True),
    Screen(
        name="second-call",
        path="/desk/feedback/second/",
        account="feedback",
        prepare=hands.second_call,
        full_page=True,
    ),
    Screen(
        name="erasures",
        path="/desk/erasures/",
        account="centre",
        scene=scenes.erasure_is_asked_for,
        full_page=True,
    ),
    Screen(name="receipt", path="/receipt/", prepare=hands.receipt, full_page=True),
    Screen(name="public-log", path="/desk/log/", account="admin", full_page=True),
    Screen(
        name="openings",
        path="/desk/openings/",
        account="auditor",
        prepare=hands.opening,
        full_page=True,
    ),
)

SCREENS = (*ANY_CITY, *POLICY, *FIGURES, *ISFAHAN, *MASHHAD, *TEHRAN)
