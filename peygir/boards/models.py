"""What the desks must remember while people work: who calls whom, what a visit was answered, and
what became of urgent messages."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CallClaim(models.Model):
    """A case that somebody is about to call about; nobody else calls this case or this citizen.

    A lease: it ends by itself, so that a crash or a lunch break gives the call back.
    """

    case_id = models.BigIntegerField(primary_key=True)
    citizen_id = models.BigIntegerField(null=True, unique=True)  # None: the reporter is anonymous
    staff_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"call about {self.case_id}"


class VisitAnswer(models.Model):
    """What the server said to a field visit, so that the same visit sent twice is told the same."""

    visit = models.UUIDField(primary_key=True)
    staff_id = models.BigIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff_id", "-at"], name="visit_answer_staff")]

    def __str__(self) -> str:
        return f"answer to {self.visit}"


class HandOver(models.Model):
    """A case that was handed over to a body outside the municipality, projected from its event
    (`boards.outside`)."""

    event_id = models.BigIntegerField(primary_key=True)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="hand_overs")
    body = models.CharField(max_length=40)
    at = models.DateTimeField()
    post = models.CharField(max_length=60, blank=True)  # who handed it over
    answered_at = models.DateTimeField(null=True)  # when the body's answer was filed

    class Meta:
        indexes: ClassVar = [models.Index(fields=["body", "at"], name="handover_body")]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.body}"


class Urgency(models.Model):
    """How an urgent case fared in the operations centre, projected from its events (`wall.follow`).

    One row per case that was ever urgent: the wall and its figures never look at other cases.
    """

    case = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, primary_key=True, related_name="urgency"
    )
    ground = models.CharField(max_length=40)
    since = models.DateTimeField()  # when it became urgent
    due_at = models.DateTimeField(null=True)  # of the first action; None where none is asked for
    seen_at = models.DateTimeField(null=True)  # somebody in operations took it up
    seen_by = models.CharField(max_length=48, blank=True)  # that post
    acted_at = models.DateTimeField(null=True)  # the first action
    acted_by = models.CharField(max_length=48, blank=True)
    crew = models.BigIntegerField(null=True)  # paper: who was sent last
    action = models.BigIntegerField(null=True)  # paper: the first action
    ended_at = models.DateTimeField(null=True)  # closed, or urgent no more
    event_id = models.BigIntegerField()  # the last event that touched it

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["since"], name="urgency_since"),
            models.Index(
                fields=["-since"], condition=models.Q(ended_at=None), name="urgency_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ground} {self.case_id}"


class Contact(models.Model):
    """One time that a citizen got in touch, projected from its event (`boards.contacts`).

    Codes and numbers only: who it was stands in papers that can be erased.
    """

    event_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()  # when it ended
    started_at = models.DateTimeField(null=True)  # None: the channel knows no beginning
    channel = models.CharField(max_length=16)
    outcome = models.CharField(max_length=16)
    case_id = models.BigIntegerField(null=True)  # None also for what is sealed
    staff_id = models.BigIntegerField(null=True)
    article = models.CharField(max_length=48, blank=True)  # of the city's knowledge, read out
    body = models.CharField(max_length=48, blank=True)  # outside the municipality, named instead

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="contact_at")]

    def __str__(self) -> str:
        return f"{self.channel} {self.outcome}"


class Shift(models.Model):
    """Somebody is at the telephone from `starts_at` to `ends_at`; an end is not part of it."""

    id = models.BigAutoField(primary_key=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    post = models.CharField(max_length=60)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["starts_at"], name="shift_starts")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.post} from {self.starts_at}"


class HandOverNote(models.Model):
    """What a shift leaves to the next one. About the work, never about a citizen."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    post = models.CharField(max_length=60)
    staff_id = models.BigIntegerField(null=True)
    text = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="shift_note_at")]

    def __str__(self) -> str:
        return f"note of {self.at}"


class Comparison(models.Model):
    """A night in which derived rows were made anew from the events and compared
    (`boards.reconcile`). `lines`: the first differences, as `manage.py replay --check` says them.

    `walk`, `after`, `taken`: where it stands, so that it survives a restart. `since`, `upto`: ids
    of the events that are this night's; the next night begins from `settled`. `cases_upto`,
    `events_upto`: how far the round over everything has come, None where it is through; it began
    on `round_day`, and the one before it on `whole_since`: nothing has been compared longer ago.
    `held`: cases open then. `wrong`, `wrong_events`: what differed is looked at again every night.
    """

    day = models.DateField(primary_key=True)  # the city's
    started_at = models.DateTimeField()
    is_done = models.BooleanField(default=False)
    cases = models.BigIntegerField(default=0)
    found = models.IntegerField(default=0)
    lines = models.JSONField(default=list)
    walk = models.CharField(max_length=8, blank=True)
    after = models.BigIntegerField(default=0)
    taken = models.IntegerField(default=0)
    since = models.BigIntegerField(default=0)
    upto = models.BigIntegerField(default=0)
    settled = models.BigIntegerField(default=0)
    cases_upto = models.BigIntegerField(null=True, default=0)
    events_upto = models.BigIntegerField(null=True, default=0)
    round_day = models.DateField(null=True)
    whole_since = models.DateField(null=True)
    held = ArrayField(models.BigIntegerField(), default=list)
    wrong = ArrayField(models.BigIntegerField(), default=list)
    wrong_events = models.JSONField(default=list)  # [behind this id, up to this one]

    def __str__(self) -> str:
        return f"{self.day}: {self.found}"


class SecondDraw(models.Model):
    """The lot of one day: whose satisfied citizens are called again (`boards.second`)."""

    day = models.DateField(primary_key=True)  # on which the cases were closed
    seed = models.CharField(max_length=64)  # hexadecimal
    closings = models.IntegerField()  # by the citizen's word on that day
    drawn = models.IntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"second calls of {self.day}"


class SecondCall(models.Model):
    """A citizen who said yes, to be asked again by somebody else. Codes only: what is said in the
    call is not kept."""

    id = models.BigAutoField(primary_key=True)
    draw = models.ForeignKey(SecondDraw, on_delete=models.PROTECT, related_name="calls")
    case_id = models.BigIntegerField()
    cycle = models.SmallIntegerField()
    unit = models.CharField(max_length=40)  # who answers for the work
    closed_at = models.DateTimeField()
    first_staff = models.BigIntegerField(null=True)  # who took the first word; None: no staff did
    tries = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    finding = models.CharField(max_length=9, blank=True)  # agree, differ, unreached; "": waits
    found_at = models.DateTimeField(null=True)
    staff_id = models.BigIntegerField(null=True)  # who called again

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["closed_at"], condition=models.Q(finding=""), name="second_call_waits"
            ),
            models.Index(fields=["unit", "closed_at"], name="second_call_unit"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_id", "cycle"], name="second_call_once"),
            models.CheckConstraint(
                condition=models.Q(finding="", found_at=None)
                | (~models.Q(finding="") & models.Q(found_at__isnull=False)),
                name="second_call_found_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(staff_id=models.F("first_staff")), name="second_call_another"
            ),
        ]

    def __str__(self) -> str:
        return f"second call about {self.case_id}"
