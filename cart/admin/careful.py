"""Forms for two people at once, and for customers who buy meanwhile: only what was changed is written, and what
somebody else has changed since the page was loaded is shown, not overwritten."""

from typing import Any, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _


class CarefulForm(forms.ModelForm):
    """Each field brings along what the page showed. Validate and save in one transaction, with `update_fields`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.instance.pk:
            # As it is now; nobody else changes it until this is saved.
            row = type(self.instance)._default_manager.select_for_update().get(pk=self.instance.pk)
            for name in [name for name in self.changed_data if name in cleaned]:
                self._compare(name, row)
        return cleaned

    def _compare(self, name: str, row: Model) -> None:
        """Complain if it is not what was shown; the next try knows."""
        field, shown_as, present = self.fields[name], self[name].html_initial_name, getattr(row, name)
        if (
            field.to_python(field.hidden_widget().value_from_datadict(self.data, self.files, shown_as))
            == present
        ):
            return
        self.add_error(
            name, _("Somebody changed this meanwhile: it is %(present)s now.") % {"present": present}
        )
        data = cast(QueryDict, self.data).copy()
        data[shown_as] = "" if present is None else str(present)
        self.data = data
