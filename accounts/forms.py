"""The forms with which people come in."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from allauth.account.models import EmailAddress
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import usage

FIVE_MINUTES = timedelta(minutes=5)


class SignInForm(LoginForm):
    """An address, to which a code is mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["login"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.user:
            # People made in the admin have no such row yet. Without one the right code would not count as
            # having verified the address, and a second code would be asked for.
            EmailAddress.objects.get_or_create(
                user=self.user, email=self.user.email, defaults={"primary": True}
            )
        return cleaned


class SignUpForm(SignupForm):
    """An address, to which a code is mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["email"])


def _name(field: Any) -> None:
    field.label = _("E-mail address")
    field.widget.attrs.update({"autocomplete": "email", "placeholder": ""})


class StaffSignInForm(AdminAuthenticationForm):
    """The admin's sign-in with a password: few attempts per address and account, counted exactly."""

    def clean(self) -> dict[str, Any]:
        assert self.request
        account = self.cleaned_data.get("username", "").strip().lower()
        for who, limit in (
            (usage.fingerprint(self.request, account), 5),
            (usage.fingerprint(self.request), 20),
        ):
            meter = usage.meter(f"staff:{who}", limit, FIVE_MINUTES)
            if usage.count(meter) is None:
                minutes = -(-meter.seconds_left() // 60)
                raise ValidationError(
                    _("Too many attempts. Try again in %(minutes)s minutes."),
                    "throttled",
                    {"minutes": minutes},
                )
        return super().clean()
