"""`manage.py prepare_database`: migrate, taking a short cut through dj-stripe's migrations on an empty database.

Those take most of a minute, nearly all of it to remove columns that earlier ones had added. On an empty database the
same tables are made from dj-stripe's models, and its migrations are noted as done. Anywhere else this is `migrate`.
"""

from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

SHORT_CUT = "djstripe"


class Command(BaseCommand):
    help = "Brings the database up to date; quickly when it is empty."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if apps.is_installed(SHORT_CUT) and not connection.introspection.table_names():
            # dj-stripe's tables refer to the subscriber model, so that comes first.
            call_command("migrate", "accounts", verbosity=verbosity)
            self.create_tables()
            call_command("migrate", SHORT_CUT, fake=True, verbosity=verbosity)
        call_command("migrate", verbosity=verbosity)

    def create_tables(self) -> None:
        models = apps.get_app_config(SHORT_CUT).get_models(include_auto_created=False)
        with connection.schema_editor() as editor:
            for model in models:
                if model._meta.managed and not model._meta.proxy:
                    editor.create_model(model)
