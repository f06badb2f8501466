"""Makes the peers' tables, and dj-stripe's endpoint; prints the path at which dj-stripe listens.

python -m benchmarks.peers.prepare
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.settings")
django.setup()

import djstripe.models  # noqa: E402
from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks.peers.views import TABLES  # noqa: E402


def main() -> None:
    call_command("migrate", "contenttypes", verbosity=0)
    call_command("migrate", "auth", verbosity=0)
    with (
        connection.schema_editor() as editor
    ):  # dj-stripe's migrations take most of a minute to come to the same
        for model in apps.get_app_config("djstripe").get_models(include_auto_created=False):
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(table)
    endpoint = djstripe.models.WebhookEndpoint.objects.create(
        id="we_benchmark",
        livemode=False,
        url="http://127.0.0.1",
        status="enabled",
        secret=settings.STRIPE_WEBHOOK_SECRET,
        enabled_events=["*"],
        api_version=settings.STRIPE_API_VERSION,
        metadata={},
    )
    print(reverse("djstripe:djstripe_webhook_by_uuid", args=[endpoint.djstripe_uuid]))


if __name__ == "__main__":
    main()
