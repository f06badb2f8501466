"""Each event writes one index fewer, and finds room for the new version of a row beside the old one."""

from django.db import migrations, models

# Every event writes a row of some of these anew. On a page with room PostgreSQL keeps the new version beside the old
# one, and leaves the indexes alone. https://www.postgresql.org/docs/current/storage-hot.html
WRITTEN_OFTEN = (
    "MirroredObject",
    "StripeCustomer",
    "StripeInvoice",
    "StripePaymentMethod",
    "StripeProduct",
    "StripeSubscription",
    "StripeSubscriptionItem",
)
ROOM = 50  # percent of a page that are filled at first


def store(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in WRITTEN_OFTEN:
        table = apps.get_model("billing", name)._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" SET (fillfactor = {ROOM})')
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        if cursor.fetchone() == (True,):  # from version 14, if it was built so; it packs faster
            schema_editor.execute("ALTER TABLE billing_event ALTER COLUMN payload SET COMPRESSION lz4")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_languages'),
        ('billing', '0014_tax_rates_of_items'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='event',
            name='event_waiting',
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_untouched',
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['id'], name='event_received'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['id'], name='event_failed'),
        ),
        migrations.RunPython(store, migrations.RunPython.noop),
    ]
