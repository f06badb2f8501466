"""dj-stripe's tables, read-only: copies of what Stripe says. Its own admin would take keys, and its actions would call
Stripe past the gateway; its lists read fields that Stripe's present version no longer has."""

from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, URLField
from django.http import HttpRequest

from accounts.admin.records import ReadOnlyAdmin

WANTED = ("id", "livemode", "created", "djstripe_updated")


class CopyAdmin(ReadOnlyAdmin):
    """A model's columns as they are, but for secrets: a row from elsewhere might hold one."""

    exclude = ("secret",)
    formfield_overrides: ClassVar[dict[Any, Any]] = {URLField: {"assume_scheme": "https"}}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = {field.name for field in self.model._meta.concrete_fields}
        return [name for name in WANTED if name in columns] or ["pk"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [name for name in self.get_list_display(request) if name == "id"]


def take_over(model: type[Model]) -> None:
    admin.site.unregister(model)
    admin.site.register(model, CopyAdmin)


for model in apps.get_app_config("djstripe").get_models():
    if admin.site.is_registered(model):
        take_over(model)
