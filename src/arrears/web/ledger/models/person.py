"""Who works here."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from arrears.web.ledger.models.guard import Written, require_action

ROLES = (
    ("phone_collector", "电催员"),
    ("field_collector", "外访员"),
    ("supervisor", "主管"),
    ("compliance", "合规"),
    ("analyst", "策略分析"),
    ("manager", "管理层"),
    ("administrator", "系统管理"),
    ("auditor", "审计"),
)


class Team(Written):
    """People who share a queue; of one branch, or of all where `branch` is empty."""

    name = models.CharField(max_length=80, unique=True)
    branch = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """People by the name they sign in with."""


class Person(AbstractBaseUser):
    """Someone who signs in. A person sees what role, team and branch allow (`policy.py`)."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=20, choices=ROLES)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="people")
    branch = models.CharField(max_length=80, blank=True)  # empty: every branch
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    # What the rules ask of whoever calls or visits; None: nobody has said.
    exam_date = models.DateField(null=True, blank=True)
    background_clear = models.BooleanField(null=True, blank=True)
    secrecy_signed = models.BooleanField(null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]
    objects: ClassVar[Any] = People()

    def save(self, *words: Any, **options: Any) -> None:
        if set(options.get("update_fields") or ["all"]) - {"last_login", "password"}:
            require_action("Person")
        super().save(*words, **options)

    def __str__(self) -> str:
        return self.name
