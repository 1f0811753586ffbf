"""Parts of policies that tests put where they do not belong."""

ATTIC = """
[stages.attic]
fa = "انبار"
en = "Attic"
holder = "feedback"
due = "1h"
status = "in_progress"
[stages.attic.steps.leave]
fa = "خروج"
en = "Leave"
by = ["holder"]
to = "feedback"
tells = "result"
"""
PIT = ATTIC.replace("attic", "pit").replace("tells =", "limit = 2\ntells =")
FEEDBACK = "[stages.feedback]\n"
LOST = """
[endings.lost]
fa = "گم"
en = "Lost"
exception = { fa = "هیچ", en = "none" }
"""
CEMETERIES = 'head = true, roles = ["{}"], fa = "مدیرعامل سازمان آرامستان‌ها"'
