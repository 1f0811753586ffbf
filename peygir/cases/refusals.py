"""Why an act was refused.

In every case nothing was written. `words.refusal` says it to the reader.
"""


class Refused(Exception):
    """An act that was not done.

    `code` names the reason for texts and tests; `args` hold details.
    """

    code = "refused"


class NotAllowed(Refused):
    """This actor may not take this step here."""

    code = "not_allowed"


class WrongStage(Refused):
    """The case does not wait where this step starts."""

    code = "wrong_stage"


class Stale(Refused):
    """Somebody changed the case since the form was opened."""

    code = "stale"


class LimitReached(Refused):
    """The step was taken as often as the policy allows."""

    code = "limit_reached"


class WaitsForCoUnits(Refused):
    """Units asked to join still owe their part."""

    code = "waits_for_co"


class TooLate(Refused):
    """The time within which the step is open is over."""

    code = "too_late"


class WrongEvidence(Refused):
    """Something needed is missing or cannot be right. `fields` maps each name to a reason code."""

    code = "wrong_evidence"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields)
        self.fields = fields
