"""Users, the organizations that pay for them, who is a member, and who is invited."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import languages, roles, tiers
from accounts.tiers import Access, Tier


class Organization(models.Model):
    """Who pays. What its members may use is a timeline, written by whoever sells (see `tiers.read`)."""

    name = models.CharField(_("name"), max_length=200)
    personal = models.BooleanField(_("personal"), default=False, editable=False)
    email = models.EmailField(_("billing e-mail address"), blank=True)
    stripe_customer_id = models.CharField(max_length=255, null=True, blank=True, unique=True, editable=False)
    # What mails to its address are written in.
    language = models.CharField(_("language"), max_length=16, default=languages.current, editable=False)
    access = models.JSONField(_("access"), default=list, blank=True, editable=False)
    # The present of the timeline for lists and filters; stale once a segment ends. Gates never read these.
    tier = models.CharField(
        _("tier"), max_length=16, choices=Tier, default=Tier.FREE, editable=False, db_index=True
    )
    tier_until = models.DateTimeField(_("tier until"), null=True, blank=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    # Payers are closed, not deleted: invoices hang on them, and Stripe goes on talking about them.
    closed = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
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
    language = models.CharField(_("language"), max_length=16, default=languages.current, editable=False)
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
    """A user in an organization. What each role may stands in `accounts.roles`."""

    Role = roles.Role

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

    @property
    def acts(self) -> frozenset[roles.Act]:
        """What its user may do in its organization."""
        return roles.Role(self.role).acts


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about many invitations."""

    def pending(self) -> Self:
        """Those that nobody has accepted; perhaps expired."""
        return self.filter(accepted=None)

    def open(self) -> Self:
        """Those that can be accepted now."""
        return self.pending().filter(expires__gt=timezone.now())


class Invitation(models.Model):
    """A way into an organization, mailed to somebody. The mail's link bears a token; here is only its hash."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=16, choices=roles.Role, default=roles.Role.MEMBER)
    invited_by = models.ForeignKey(
        User, verbose_name=_("invited by"), on_delete=models.CASCADE, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sent = models.DateTimeField(_("sent"), default=timezone.now)
    expires = models.DateTimeField(_("expires"), db_index=True)
    accepted = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, verbose_name=_("accepted by"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted=None),
                name="one_pending_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization}, {self.get_role_display()}"

    @property
    def is_open(self) -> bool:
        return self.accepted is None and self.expires > timezone.now()
