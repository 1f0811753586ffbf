"""Unsound policies: words of the rule, file, its edits, the key refused, words of the reason."""

from tests.policy.pieces import ATTIC, CEMETERIES, FEEDBACK, LOST, PIT

BROKEN = [
    # rule, file, edits, key, words of the reason
    (
        "parts of a unit's score make a hundred",
        "policy.toml",
        [("timely = 30", "timely = 31")],
        "scores",
        "101 together",
    ),
    (
        "parts of a unit's score make a hundred",
        "policy.toml",
        [("[scores.classes]", "[scores.classes]\nattics = 3")],
        "scores.classes.attics",
        "is no class",
    ),
    (
        "Tolerances of time",
        "policy.toml",
        [('late_window = "7d"', 'late_window = "60d"')],
        "scores.late_window",
        "31 days",
    ),
    (
        "Tolerances of time",
        "policy.toml",
        [('online = "15m"', 'online = "90h"')],
        "scores.online",
        "72 hours",
    ),
    (
        "one mayor",
        "organisation.toml",
        [('roles = ["deputy"]', 'roles = ["mayor"]')],
        "posts",
        "not 2",
    ),
    (
        "one mayor",
        "organisation.toml",
        [('mayor = { unit = "mayor", head = true', 'mayor = { unit = "mayor"')],
        "posts.mayor",
        "head of a unit",
    ),
    (
        "chain of superiors",
        "organisation.toml",
        [
            (
                'waste-head = { unit = "waste", superior = "deputy-services-head"',
                'waste-head = { unit = "waste"',
            )
        ],
        "posts.waste-head.superior",
        "is missing",
    ),
    (
        "chain of superiors",
        "organisation.toml",
        [
            (
                'waste-head = { unit = "waste", superior = "deputy-services-head"',
                'waste-head = { unit = "waste", superior = "waste-expert"',
            )
        ],
        "posts.waste-head.superior",
        "circle",
    ),
    (
        "below the mayor",
        "organisation.toml",
        [
            (
                'centre = { kind = "centre", parent = "mayor"',
                'centre = { kind = "centre", parent = "reception"',
            )
        ],
        "units.centre.parent",
        "circle",
    ),
    (
        "below the mayor",
        "organisation.toml",
        [('centre = { kind = "centre", parent = "mayor"', 'centre = { kind = "centre"')],
        "units.centre.parent",
        "is missing",
    ),
    (
        "holder with a post",
        "organisation.toml",
        [
            (
                '"d{n}-green" = { kind = "department", parent = "d{n}", function = "green"',
                '"d{n}-green" = { kind = "department", parent = "d{n}"',
            )
        ],
        "functions.green",
        "nobody answers for R04 in district 1",
    ),
    (
        "holder with a post",
        "organisation.toml",
        [
            (
                CEMETERIES.format('executive", "executive_head'),
                CEMETERIES.format("admin"),
            ),
            (
                'superior = "cemeteries-head", roles = ["executive"]',
                'superior = "cemeteries-head", roles = ["admin"]',
            ),
        ],
        "units.cemeteries",
        "M03",
    ),
    (
        "step that nobody",
        "organisation.toml",
        [('roles = ["centre_head"]', 'roles = ["admin"]')],
        "stages.reception.steps.refer.by",
        "“centre_head”",
    ),
    (
        "step that nobody",
        "policy.toml",
        [('holder = "feedback"', 'holder = "deputy-desk"')],
        "stages.feedback.steps.satisfied.by",
        "no post",
    ),
    (
        "step that nobody",
        "policy.toml",
        [
            (
                'by = ["citizen", "reception"]\nto = "special_follow_up"',
                'by = ["citizen", "holder"]\nto = "special_follow_up"',
            )
        ],
        "after_closing.objection.by",
        "nobody holds",
    ),
    (
        "step that nobody",
        "categories.toml",
        [("long_running = true", "")] * 10,
        "stages.execution.steps.promise.only_for",
        "long-running",
    ),
    (
        "rung of the ladder",
        "organisation.toml",
        [('deputy_for = ["urban_planning"], ', "")],
        "posts",
        "urban_planning",
    ),
    (
        "rung of the ladder",
        "organisation.toml",
        [
            (
                'waste-head = { unit = "waste", superior = "deputy-services-head", head = true',
                'waste-head = { unit = "waste", superior = "deputy-services-head"',
            )
        ],
        "units.waste",
        "has 0",
    ),
    (
        "class of work",
        "policy.toml",
        [("[classes]", '[classes]\nidle = { due = "1h", fa = "بی‌کار", en = "Idle" }')],
        "classes.idle",
        "no category",
    ),
    (
        "pause",
        "policy.toml",
        [('approval = "centre_head"', 'approval = "executive"')],
        "pauses.weather.approval",
        "who gains",
    ),
    (
        "pause",
        "policy.toml",
        [('longest = "10d"', 'longest = "40d"')],
        "pauses.permit.longest",
        "citizen's clock",
    ),
    (
        "deadline, and a ladder",
        "policy.toml",
        [(', { after = "72h", told = "mayor" }', "")],
        "ladder.rungs",
        "the mayor's",
    ),
    (
        "deadline, and a ladder",
        "policy.toml",
        [('{ after = "30d", told = "mayor" }', '{ after = "30d", told = "unit_head" }')],
        "citizen_clock.rungs",
        "the mayor's",
    ),
    (
        "deadline, and a ladder",
        "policy.toml",
        [('repeat = "30d"', 'repeat = "90d"')],
        "citizen_clock.repeat",
        "31 days",
    ),
    (
        "Every stage can be reached",
        "policy.toml",
        [
            (
                "[stages.feedback]\n",
                ATTIC + FEEDBACK,
            )
        ],
        "stages.attic",
        "no step leads here",
    ),
    (
        "an ending can be reached",
        "policy.toml",
        [
            (
                "[stages.feedback]\n",
                PIT + FEEDBACK,
            ),
            ('to = "feedback"\nneeds = ["result_text"', 'to = "pit"\nneeds = ["result_text"'),
        ],
        "stages.pit.steps",
        "limits are used up",
    ),
    (
        "citizen's own word",
        "policy.toml",
        [
            (
                'citizens_word = true\nneeds = ["citizen_word"]\n',
                'exception = { fa = "بی‌حرف", en = "none" }\nneeds = ["citizen_word"]\n',
            ),
            ("citizens_word = true\n", 'exception = { fa = "بی‌حرف", en = "none" }\n'),
        ],
        "stages.execution.steps",
        "citizen's word",
    ),
    (
        "never reached again",
        "policy.toml",
        [
            ('to = "closed"\nending = "infeasible"', 'to = "special_follow_up"'),
            (
                'by = ["holder"]\nto = "execution"\nneeds = ["inspection"]',
                'by = ["citizen"]\nto = "execution"\nneeds = ["inspection"]',
            ),
        ],
        "stages.special_follow_up.steps",
        "never heard of",
    ),
    (
        "or an exception",
        "policy.toml",
        [('exception = { fa = "سه تماس', '# { fa = "سه تماس')],
        "endings.unreachable.exception",
        "is missing",
    ),
    (
        "or an exception",
        "policy.toml",
        [('citizens_word = true\nneeds = ["citizen_word"]', "citizens_word = true\nneeds = []")],
        "endings.satisfied.needs",
        "lacks “citizen_word”",
    ),
    (
        "or an exception",
        "policy.toml",
        [
            (
                "[endings.merged]",
                LOST + "[endings.merged]",
            )
        ],
        "endings.lost",
        "no step",
    ),
    (
        "evidence that its ending",
        "policy.toml",
        [
            (
                'needs = ["answer_text", "report_to_citizen"]\napproval = "holder_head"',
                'needs = ["answer_text", "report_to_citizen"]',
            )
        ],
        "stages.execution.steps.infeasible.needs",
        "head_approval",
    ),
    (
        "told to the citizen",
        "policy.toml",
        [('needs = ["merged_into"]\ntells = "merged"', 'needs = ["merged_into"]')],
        "anywhere.merge.tells",
        "closing",
    ),
    (
        "told to the citizen",
        "policy.toml",
        [('tells = "result"\n', "")],
        "stages.execution.steps.report.tells",
        "determination",
    ),
    (
        "may object",
        "policy.toml",
        [
            (
                'by = ["citizen", "reception"]\nto = "special_follow_up"',
                'by = ["reception"]\nto = "special_follow_up"',
            )
        ],
        "after_closing",
        "object",
    ),
    (
        "No loop",
        "policy.toml",
        [
            (
                'needs = ["return_reason"]\nmay_have = ["target_unit"]\nlimit = 2',
                'needs = ["return_reason"]',
            ),
            ('may_have = ["target_unit", "note"]\ntells = "referred"', ""),
        ],
        "stages.reception.steps",
        "reception → execution → reception",
    ),
    (
        "No loop",
        "policy.toml",
        [
            (
                'limit = 3\nover = "48h"\nthen = "special_follow_up"',
                'limit = 3\nover = "48h"\nthen = "feedback"',
            )
        ],
        "stages.feedback.steps",
        "feedback → feedback",
    ),
    (
        "No loop",
        "policy.toml",
        [('tells = "new_cycle"\n', "")],
        "stages.special_follow_up.steps.not_confirmed",
        "new cycle",
    ),
    (
        "category and a district",
        "policy.toml",
        [('needs = ["category", "district"]', 'needs = ["category"]')],
        "stages.reception.steps.refer.needs",
        "“district”",
    ),
    (
        "Promises",
        "policy.toml",
        [("limit = 3\nlongest", "longest")],
        "stages.execution.steps.promise.limit",
        "without end",
    ),
    (
        "Attempts",
        "policy.toml",
        [("attempts = 3", "attempts = 5")],
        "stages.feedback.steps.unreached.limit",
        "below “redial.attempts”",
    ),
    (
        "Attempts",
        "policy.toml",
        [('attempts = 3\nover = "48h"', 'attempts = 3\nover = "60h"')],
        "stages.feedback.steps.unreached.over",
        "below “redial.over”",
    ),
    (
        "Attempts",
        "policy.toml",
        [('off = "20h"', 'off = "24h"')],
        "redial.off",
        "misses the deadline",
    ),
    (
        "Attempts",
        "policy.toml",
        [("[stages.feedback.steps.unreached]", "[stages.feedback.steps.missed]")],
        "redial",
        "no stage has a step",
    ),
    (
        "message that a step sends",
        "policy.toml",
        [('tells = "referred"', 'tells = "shouted"')],
        "stages.reception.steps.refer.tells",
        "“sms.shouted”",
    ),
    (
        "Every SMS",
        "texts.fa.toml",
        [("سپاس.", "سپاس فراوان از همراهی و شکیبایی شما شهروند گرامی.")],
        "sms.closed",
        "one SMS holds 70",
    ),
    (
        "Every SMS",
        "texts.en.toml",
        [("Thank you.", "Thank you. " * 15)],
        "sms.closed",
        "one SMS holds 160",
    ),
    (
        "same places",
        "texts.en.toml",
        [("Tracking code {code}", "Tracking code below")],
        "sms.registered",
        "{code}",
    ),
    (
        "same places",
        "texts.fa.toml",
        [("رهگیری {code}", "کد {password}")],
        "sms.registered",
        "“{password}”",
    ),
    (
        "same places",
        "texts.en.toml",
        [("Tracking code {code}", "Tracking code {code")],
        "sms.registered",
        "brace",
    ),
    (
        "same places",
        "texts.en.toml",
        [("Tracking code {code}", "Tracking code {code!r}")],
        "sms.registered",
        "brace",
    ),
    (
        "same places",
        "texts.en.toml",
        [("Tracking code {code}", "Tracking code {code.real}")],
        "sms.registered",
        "brace",
    ),
    (
        "Both languages are complete",
        "policy.toml",
        [('fa = "ثبت نتیجه"', 'fa = "File"')],
        "stages.execution.steps.report.fa",
        "no Persian",
    ),
    (
        "Both languages are complete",
        "categories.toml",
        [('en = "Waste not collected"', 'en = "زباله"')],
        "categories.W01.en",
        "not English",
    ),
    (
        "rung of the ladder",
        "organisation.toml",
        [
            ("waste-head = {", "waste-lead = {"),
            ('superior = "waste-head"', 'superior = "waste-lead"'),
            (
                'waste-lead = { unit = "waste", superior = "deputy-services-head", head = true',
                'waste-lead = { unit = "waste", superior = "deputy-services-head"',
            ),
        ],
        "units.waste",
        "has 0",
    ),
]
