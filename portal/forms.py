"""The form on which an organization orders a year."""

import secrets
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from localflavor.us.forms import USZipCodeField

from portal.countries import Country
from portal.sales import Details

SALT = "portal.form"


class OrderForm(forms.Form):
    """Who buys, and where they are. Its `form` makes the same form the same order, however often it is sent."""

    company = forms.CharField(
        label=_("Company"), max_length=200, widget=forms.TextInput({"autocomplete": "organization"})
    )
    contact = forms.CharField(
        label=_("Contact"),
        max_length=200,
        help_text=_("Who signs for the company."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The activation code, receipts and reminders go there."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    line1 = forms.CharField(
        label=_("Street"), max_length=200, widget=forms.TextInput({"autocomplete": "address-line1"})
    )
    line2 = forms.CharField(
        label=_("Suite, floor"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-line2"}),
    )
    city = forms.CharField(
        label=_("City"), max_length=100, widget=forms.TextInput({"autocomplete": "address-level2"})
    )
    state = forms.CharField(
        label=_("State"), max_length=100, widget=forms.TextInput({"autocomplete": "address-level1"})
    )
    postal_code = forms.CharField(
        label=_("ZIP code"), max_length=20, widget=forms.TextInput({"autocomplete": "postal-code"})
    )
    exemption = forms.CharField(
        label=_("Exemption certificate number"),
        max_length=100,
        required=False,
        help_text=_("Only if your organization is exempt from sales tax. We then charge none."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    accepted = forms.BooleanField()
    form = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(self, country: Country, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        self.fields["form"].initial = signing.dumps(secrets.token_urlsafe(16), salt=SALT)
        regions = country.regions
        if regions:
            choices = [("", _("Choose…")), *regions.items()]
            self.fields["state"] = forms.ChoiceField(
                label=_("State"),
                choices=choices,
                widget=forms.Select({"autocomplete": "address-level1"}),
            )
        else:
            self.fields["state"].required = False
        if country.code == "us":
            self.fields["postal_code"] = USZipCodeField(
                label=_("ZIP code"),
                widget=forms.TextInput({"autocomplete": "postal-code", "inputmode": "numeric"}),
            )

    def clean_form(self) -> str:
        """Only ours: nobody shall choose what makes two orders the same."""
        try:
            return str(signing.loads(self.cleaned_data["form"], salt=SALT))
        except signing.BadSignature:
            raise forms.ValidationError(_("This page was open too long. Please send it once more.")) from None

    @property
    def details(self) -> Details:
        """What was entered, in the language in which it was."""
        names = set(Details.__dataclass_fields__) - {"country", "language"}
        given = {name: self.cleaned_data[name] for name in names}
        return Details(**given, country=self.country.code, language=get_language() or "en")
