"""Gifts are given and taken back here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tiers import Tier
from billing import grants, models


class GrantForm(forms.ModelForm):
    """One of a tier, a feature and a limit; those that something of ours asks for."""

    feature = forms.ChoiceField(label=_("Feature"), required=False)
    limit = forms.ChoiceField(label=_("Limit"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, known in (("feature", grants.features()), ("limit", grants.limits())):
            field = self.fields.get(name)  # not there for whoever may only look
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "---------"), *((one, one) for one in known)]


@admin.register(models.Grant)
class GrantAdmin(admin.ModelAdmin):
    """Gifts are given and taken back, never changed."""

    form = GrantForm
    list_display = ["organization", "given", "until", "why", "by", "created", "withdrawn"]
    list_filter = ["tier", "feature", "limit"]
    search_fields = ["organization__name", "why"]
    autocomplete_fields = ["organization"]
    fields = ["organization", "tier", "feature", "limit", "amount", "until", "why"]
    list_select_related = ["organization", "by"]
    actions = ["withdraw"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Grant]:
        return models.Grant.objects.with_machines()

    @admin.display(description=_("gift"))
    def given(self, grant: models.Grant) -> str:
        return grant.gift

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: models.Grant, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        given = grants.give(
            obj.organization,
            Tier(obj.tier) if obj.tier else None,
            feature=obj.feature,
            limit=obj.limit,
            amount=obj.amount,
            until=obj.until,
            why=obj.why,
            by=request.user,
        )
        obj.pk = given.pk

    @admin.action(description=_("Take the selected gifts back"), permissions=["add"])
    def withdraw(self, request: HttpRequest, given: QuerySet[models.Grant]) -> None:
        for grant in given:
            grants.withdraw(grant)
