"""The forms with which people come in."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from allauth.account.models import EmailAddress
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import usage
from accounts.models import User

FIVE_MINUTES = timedelta(minutes=5)
LONGEST_ADDRESS = User._meta.get_field("email").max_length


class SignInForm(LoginForm):
    """An address, to which a code is mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _adapt(self.fields["login"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.user:
            # People made in the admin have no such row yet. Without one the right code would not count as
            # having verified the address, and a second code would be asked for.
            EmailAddress.objects.get_or_create(user=self.user, email=self.user.email)
        return cleaned


class SignUpForm(SignupForm):
    """An address, to which a code is mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _adapt(self.fields["email"])


def _adapt(field: Any) -> None:
    """allauth's field takes more than our column, and names itself in its placeholder."""
    field.label = _("E-mail address")
    field.validators.append(MaxLengthValidator(LONGEST_ADDRESS))
    field.widget.attrs.update({"autocomplete": "email", "placeholder": "", "maxlength": LONGEST_ADDRESS})


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
                raise ValidationError(_wait(-(-meter.seconds_left() // 60)), "throttled")
        return super().clean()


def _wait(minutes: int) -> str:
    return ngettext(
        "Too many attempts. Try again in %(minutes)s minute.",
        "Too many attempts. Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
