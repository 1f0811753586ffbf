"""Those who work at the centre and in the units."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str | None = None, **fields: str) -> "Staff":
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save()
        return person


class Staff(AbstractBaseUser):
    """A person with a sign-in.

    What they may do follows from the posts they fill, never from here.
    """

    username = models.CharField(max_length=60, unique=True)
    fa = models.CharField(max_length=120)
    en = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="fa")
    extension = models.CharField(
        max_length=20, blank=True
    )  # telephone extension, for the screen pop
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    needs_new_password = models.BooleanField(default=False)
    has_factor: bool | None = None  # whether a second factor is set up; None: not asked yet

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["fa"]

    objects: ClassVar[StaffManager] = StaffManager()

    def __str__(self) -> str:
        return self.fa

    def name(self, language: str) -> str:
        return (self.en or self.fa) if language.startswith("en") else self.fa
