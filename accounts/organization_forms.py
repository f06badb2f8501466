"""The forms about organizations: their description, invitations, roles, and what is asked before something drastic."""

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from accounts.roles import GIVES, Role

LONGEST_NAME = 80
# Control characters, line and paragraph separators, and what turns the direction of text around.
UNPRINTABLE = {"Cc", "Zl", "Zp"}
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class NameField(forms.CharField):
    """An organization's name. It stands in mails to strangers, so it is one line, and no web address."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"label": _("Name"), "max_length": LONGEST_NAME}
        super().__init__(**defaults | kwargs)
        self.widget.attrs["autocomplete"] = "organization"

    def clean(self, value: Any) -> str:
        name: str = " ".join(super().clean(value).split())
        if any(unicodedata.category(sign) in UNPRINTABLE or sign in TURNING for sign in name):
            raise ValidationError(_("The name contains signs that cannot be printed."), "unprintable")
        if "://" in name or "www." in name.lower():
            raise ValidationError(_("The name must not be a web address."), "address")
        return name


class NewOrganizationForm(forms.Form):
    name = NameField(help_text=_("As your colleagues know it. It can be changed later."))


class OrganizationForm(forms.Form):
    """The name, and where and in which language it is written to."""

    name = NameField()
    email = forms.EmailField(
        label=_("Billing e-mail address"),
        max_length=254,
        help_text=_("Receipts and notices about payments go there."),
    )
    language = forms.ChoiceField(
        required=False,
        label=_("Language of these mails"),
        choices=[
            (code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES
        ],
    )


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role, role.label) for role in (Role.MEMBER, Role.ADMIN)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs.update({"autocomplete": "off", "placeholder": ""})


class RoleForm(forms.Form):
    """Another role for a member, of those that the giver may give."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, giver: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, role.label) for role in Role if role in GIVES[giver]]  # type: ignore[attr-defined]


class HeirForm(forms.Form):
    """Who is to own the organization: one of its other members."""

    heir = forms.ModelChoiceField(Membership.objects.none(), label=_("New owner"), empty_label=None)

    def __init__(self, *args: Any, giver: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = giver.organization.memberships.exclude(pk=giver.pk).select_related("user")
        self.fields["heir"].queryset = others.order_by("user__name", "user__email")  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """The name, typed once more, so that nobody closes an organization by a slip of the hand."""

    name = forms.CharField(label=_("Type the organization's name"))

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != " ".join(self.organization.name.split()):
            raise ValidationError(_("That is not its name."), "other_name")
        return name


class JoinForm(forms.Form):
    """Asks for a confirmation when the invitation was sent to another address than the one signed in with."""

    confirmed = forms.BooleanField(error_messages={"required": _("Confirm that this is meant.")})

    def __init__(self, *args: Any, other_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not other_address:
            del self.fields["confirmed"]
