"""The form of a new API key."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Scope
from accounts.organization_forms import NameField

LIVES = [
    ("", pgettext_lazy("it expires", "Never")),
    ("30", _("In 30 days")),
    ("90", _("In 90 days")),
    ("365", _("In a year")),
]


class KeyForm(forms.Form):
    name = NameField(
        help_text=_("What will use it, so that you know later: “nightly import”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(label=_("It may"), choices=Scope.choices, initial=Scope.READ)
    days = forms.ChoiceField(label=_("It expires"), choices=LIVES, required=False)

    @property
    def expires(self) -> datetime | None:
        """When it dies by itself; None for never."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None
