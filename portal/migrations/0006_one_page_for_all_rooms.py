from datetime import timedelta

from django.db import migrations
from django.utils import timezone

LIFETIME = timedelta(hours=12)


def keep_open_pages(apps, schema_editor):
    """What can still be paid gets an attempt, which closes it before anything else is sold."""
    attempts = apps.get_model("billing", "Attempt").objects
    sales = apps.get_model("portal", "Sale").objects
    waiting = sales.filter(status="open", session_begun__gt=timezone.now() - LIFETIME).exclude(session_id="")
    for sale in waiting.select_related("organization"):
        expires = int((sale.session_begun + LIFETIME).timestamp())
        facts = {
            "key": sale.session_key,
            "plan": sale.plan,
            "interval": "year",
            "result": sale.session_id,
            "created": sale.session_begun,
            "parameters": {"customer": sale.organization.stripe_customer_id, "expires_at": expires},
        }
        attempts.get_or_create(organization=sale.organization, kind="checkout", state="open", defaults=facts)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0005_sources_of_rates"),
        ("billing", "0013_untouched_events"),
    ]

    operations = [
        migrations.RunPython(keep_open_pages, migrations.RunPython.noop),
        migrations.RemoveField(model_name="sale", name="session_begun"),
        migrations.RemoveField(model_name="sale", name="session_key"),
    ]
