"""The table of the states' taxes."""

from django.db import migrations

from portal import states


def stock(apps, schema_editor):
    states.stock(apps.get_model("portal", "StateTaxRate"))


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0001_sales'),
    ]

    operations = [
        migrations.RunPython(stock, migrations.RunPython.noop),
    ]
