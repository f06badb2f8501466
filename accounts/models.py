"""Users, the organizations that pay for them, who is a member of which, and how much has been used."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import tiers
from accounts.tiers import Access, Tier


class Organization(models.Model):
    """Who pays. What its members may use is a timeline, written by whoever sells (see `tiers.read`)."""

    name = models.CharField(_("name"), max_length=200)
    personal = models.BooleanField(_("personal"), default=False, editable=False)
    email = models.EmailField(_("billing e-mail address"), blank=True)
    stripe_customer_id = models.CharField(max_length=255, null=True, blank=True, unique=True, editable=False)
    access = models.JSONField(_("access"), default=list, blank=True, editable=False)
    # The present of the timeline for lists and filters; stale once a segment ends. Gates never read these.
    tier = models.CharField(
        _("tier"), max_length=16, choices=Tier, default=Tier.FREE, editable=False, db_index=True
    )
    tier_until = models.DateTimeField(_("tier until"), null=True, blank=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        "User", through="Membership", related_name="organizations"
    )

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def current_access(self, now: datetime | None = None) -> Access:
        """What its members may use at `now`. No query."""
        return tiers.read(self.access, now or timezone.now())

    def can(self, feature: str) -> bool:
        return self.current_access().can(feature)

    def limit(self, name: str) -> int | None:
        return self.current_access().limit(name)


class UserManager(BaseUserManager["User"]):
    """Makes users whose name is their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Without a password the user signs in with LinkedIn or a mailed code, as customers do."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Their e-mail address, always in lower case, is their name to us."""

    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("A user with this address already exists.")},
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May sign in to the admin, with a password.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Take this away instead of deleting people.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    current_organization = models.ForeignKey(
        Organization,
        verbose_name=_("current organization"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        # With `unique` above this makes addresses unique whatever their case.
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new user gets a personal organization in the same transaction, whoever makes them."""
        from accounts import organizations

        self.clean()
        with transaction.atomic():
            new = self._state.adding
            super().save(*args, **kwargs)
            if new:
                organizations.create_personal(self)


class Membership(models.Model):
    """A user in an organization. Owners and admins may buy."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ADMIN = "admin", _("Admin")
        MEMBER = "member", _("Member")

        @property
        def may_buy(self) -> bool:
            return self in (Membership.Role.OWNER, Membership.Role.ADMIN)

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MEMBER)
    created = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="one_membership_per_organization")
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"


class UsageCounter(models.Model):
    """How often a subject did something in one UTC window. Written by `accounts.usage`, in one statement."""

    subject = models.CharField(max_length=100)
    window_start = models.DateTimeField(db_index=True)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "window_start"], name="one_counter_per_window")
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.count}"
