"""A case: one event in the city that somebody reported, until it is resolved."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from peygir.cases.models.referral import Referral
from peygir.ledger.ids import new_id
from peygir.people.models import Unit
from peygir.policy.vocabulary import COUNCIL

if TYPE_CHECKING:
    from peygir.ledger.entry import Actor

#: Roles that see every case of the city; the others see their own units' (rule of `visible_to`).
SEE_ALL = frozenset({"reception", "feedback", "special_follow_up", "centre_head", "mayor"})
DEPUTY = "deputy"
#: Roles that besides their own units' cases see every urgent one: they take it over (I3).
SEE_URGENT = frozenset({"operations", "supervisor"})

_POSTS: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=60))


def _told(actor: "Actor") -> models.Exists:
    """Late clocks of units whose ladder names a post of this person."""
    posts = [*actor.posts]
    names_them = models.Q(ladder__overlap=posts) | models.Q(citizen_ladder__overlap=posts)
    named = Unit.objects.filter(names_them).values("code")
    late = apps.get_model("cases", "Clock").objects.filter(rung__gt=models.F("warnings"))
    return models.Exists(late.filter(case=models.OuterRef("pk"), unit__in=named))


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: "Actor") -> Self:
        """The only entrance for doors: cases that `actor` may see.

        A sealed case is seen by those whose units it is with, and never by the post that it is
        about nor by anybody below that post, whatever else they fill or stand in for (T7).
        """
        with_them = models.Exists(
            Referral.objects.filter(case=models.OuterRef("pk"), unit__in=actor.sees)
        )
        sealed = models.Q(with_them, sealed=True) & ~models.Q(about_post__in=actor.above)
        if actor.roles & SEE_ALL:
            return self.filter(models.Q(sealed=False) | sealed)
        theirs = models.Q(with_them)
        if COUNCIL in actor.roles:  # of the city's cases, those that they were brought into
            theirs |= ~models.Q(council=[]) & models.Q(council__overlap=[*actor.posts])
        if DEPUTY in actor.roles:  # the ladder told them: where they stand above nobody, too
            theirs |= models.Q(_told(actor))
        if actor.roles & SEE_URGENT:
            theirs |= ~models.Q(urgent="")
        return self.filter(models.Q(theirs, sealed=False) | sealed)

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def in_district(self, district: int) -> Self:
        return self.filter(district=district)


class Case(models.Model):
    id = models.BigIntegerField(primary_key=True, default=new_id)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=24)
    category = models.CharField(max_length=24, blank=True)  # empty until somebody sorted it
    class_code = models.CharField(max_length=40, blank=True)
    district = models.SmallIntegerField(null=True)
    lat_e6 = models.IntegerField(null=True)  # microdegrees, WGS 84
    lon_e6 = models.IntegerField(null=True)
    channel = models.CharField(max_length=16)
    stage = models.CharField(max_length=40)  # where it waits; "closed" once it is closed
    status = models.CharField(max_length=24)  # what the citizen sees
    unit = models.CharField(max_length=40)  # who holds it now
    executive_unit = models.CharField(max_length=40, blank=True)  # who answers for the work
    cycle = models.SmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=40, blank=True)
    determined_at = models.DateTimeField(null=True)  # first determination of this cycle (Q12)
    informed_at = models.DateTimeField(null=True)  # when the citizen was last given a report
    promised_for = models.DateTimeField(null=True)
    inspection = models.BigIntegerField(null=True)  # last one of this cycle
    finding = models.CharField(max_length=16, blank=True)
    satisfied = models.BooleanField(null=True)  # the citizen's last word
    lead_id = models.BigIntegerField(null=True)  # the case that this one was merged into
    reporters = models.IntegerField(default=1)
    returns = models.SmallIntegerField(default=0)
    objections = models.SmallIntegerField(default=0)
    policy = models.CharField(max_length=64)
    version = models.IntegerField(default=1)  # grows with every act, for refusing stale forms
    simulated = models.BooleanField(default=False)
    post = models.CharField(max_length=48, blank=True, default="", db_default="")  # who holds it
    urgent = models.CharField(max_length=40, blank=True, default="", db_default="")  # its ground
    sealed = models.BooleanField(default=False, db_default=False)  # a complaint about an official
    about_case = models.BigIntegerField(null=True)  # the earlier case that the voice speaks of
    about_post = models.CharField(max_length=48, blank=True, default="", db_default="")
    about_unit = models.CharField(max_length=40, blank=True, default="", db_default="")
    # Steps that move nothing -> how often they were taken.
    counts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    erased_at = models.DateTimeField(null=True)  # when its words were destroyed, the last time
    council = ArrayField(  # posts of the council that were brought in (I12)
        models.CharField(max_length=60), default=list, db_default=models.Value([], _POSTS)
    )

    objects: ClassVar[models.Manager["Case"]] = CaseQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-opened_at"], name="case_opened"),
            models.Index(
                fields=["district", "category"],
                condition=models.Q(closed_at=None),
                name="case_open_place",
            ),
            models.Index(
                fields=["lat_e6", "lon_e6"],
                condition=models.Q(closed_at=None),
                name="case_open_point",
            ),
            models.Index(
                fields=["lead_id"], condition=models.Q(lead_id__isnull=False), name="case_lead"
            ),
            models.Index(fields=["executive_unit", "-closed_at"], name="case_unit_closed"),
            # What still has words, for those who erase by age; a case opened again gets new ones.
            models.Index(
                fields=["closed_at"],
                condition=models.Q(closed_at__isnull=False)
                & (models.Q(erased_at=None) | models.Q(erased_at__lt=models.F("closed_at"))),
                name="case_kept",
            ),
            models.Index(
                fields=["about_case"],
                condition=models.Q(about_case__isnull=False),
                name="case_about",
            ),
            models.Index(
                fields=["about_unit", "-opened_at"],
                condition=~models.Q(about_unit=""),
                name="case_about_unit",
            ),
            models.Index(
                fields=["-opened_at"],
                condition=~models.Q(urgent="") & models.Q(closed_at=None),
                name="case_open_urgent",
            ),
            models.Index(
                fields=["about_post"],
                condition=models.Q(sealed=True, closed_at=None),
                name="case_open_sealed",
            ),
            models.Index(
                fields=["-opened_at"], condition=~models.Q(council=[]), name="case_council"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closed_at=None, ending="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(ending="")),
                name="case_closed_with_ending",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
