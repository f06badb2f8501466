"""What somebody looks for, as a form: the page shows its fields and errors, the API turns its errors into a 400."""

from typing import Any, Self

from django import forms
from django.db.models import F
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from filings.models import Filing, FilingQuerySet, FormType

ORDERINGS = {
    "-filed": _("Newest first"),
    "filed": _("Oldest first"),
    "company": _("Company, A to Z"),
    "-company": _("Company, Z to A"),
}
COLUMNS = {"filed": "filed", "company": "company__name"}


class Day(forms.DateField):
    """A day as `2026-09-30`, whatever the reader's language, as browsers send it."""

    input_formats = ["%Y-%m-%d"]
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": _("Give a day as 2026-09-30.")}


def form_choices() -> list[tuple[str, str | Promise]]:
    """A function, so that each reader gets them in their language."""
    return [("", _("All forms")), *((form.value, f"{form.value} · {form.label}") for form in FormType)]


class Search(forms.Form):
    """All fields are optional; what is left out does not narrow the search."""

    company = forms.CharField(label=_("Company"), required=False, max_length=100)
    cik = forms.RegexField(
        r"^[0-9]{1,10}\Z",
        label=_("CIK"),
        required=False,
        error_messages={"invalid": _("A CIK is a number of up to ten digits.")},
    )
    form_type = forms.ChoiceField(label=_("Form"), required=False, choices=form_choices)
    filed_after = Day(label=_("Filed from"), required=False)
    filed_before = Day(label=_("Filed until"), required=False)
    ordering = forms.ChoiceField(label=_("Sort by"), required=False, choices=list(ORDERINGS.items()))

    def clean_cik(self) -> str:
        return self.cleaned_data["cik"] and self.cleaned_data["cik"].zfill(10)

    def clean_ordering(self) -> str:
        return self.cleaned_data["ordering"] or "-filed"

    def clean(self) -> dict[str, Any]:
        after, before = self.cleaned_data.get("filed_after"), self.cleaned_data.get("filed_before")
        if after and before and after > before:
            self.add_error("filed_before", _("This day lies before the first one."))
        return self.cleaned_data

    @classmethod
    def strictly(cls, params: QueryDict) -> Self:
        """Raises ValidationError for what is wrong, empty, given twice or not a parameter at all."""
        for name in params:
            if name not in cls.base_fields:
                raise ValidationError({name: [_("There is no such parameter.")]})
            if len(params.getlist(name)) > 1:
                raise ValidationError({name: [_("Give this parameter once.")]})
            if not str(params[name]).strip():
                raise ValidationError({name: [_("This parameter is empty. Leave it out instead.")]})
        search = cls(params)
        if not search.is_valid():
            raise ValidationError(
                {name: [str(text) for text in messages] for name, messages in search.errors.items()}
            )
        return search

    def filings(self) -> FilingQuerySet:
        """What was found, in order, with companies. Only for a valid form."""
        wanted = self.cleaned_data
        lookups = {
            "company__name__icontains": wanted["company"],
            "company__cik": wanted["cik"],
            "form_type": wanted["form_type"],
            "filed__gte": wanted["filed_after"],
            "filed__lte": wanted["filed_before"],
        }
        found = Filing.objects.filter(**{lookup: value for lookup, value in lookups.items() if value})
        descending = wanted["ordering"].startswith("-")
        columns = F(COLUMNS[wanted["ordering"].lstrip("-")]), F("accession")
        return found.with_company().order_by(*(c.desc() if descending else c.asc() for c in columns))


class ApiSearch(Search):
    """The same for the API, with the size of a page and where it begins."""

    limit = forms.RegexField(
        r"^[0-9]{1,3}\Z", required=False, error_messages={"invalid": _("Give a number from 1 to 100.")}
    )
    cursor = forms.CharField(required=False, max_length=2000)

    def clean_limit(self) -> int:
        limit = int(self.cleaned_data["limit"] or 25)
        if not 1 <= limit <= 100:
            raise forms.ValidationError(_("Give a number from 1 to 100."))
        return limit
