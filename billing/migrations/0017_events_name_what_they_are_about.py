"""An event names its object; whose that is stands there. So each event writes two indexes and a reference fewer.

The column stays what it was, but that it may be empty.
"""

import django.db.models.deletion
from django.db import migrations, models


def forget_empty_names(apps, schema_editor):
    apps.get_model("billing", "Event").objects.filter(object_id="").update(object_id=None)


def empty_names(apps, schema_editor):
    apps.get_model("billing", "Event").objects.filter(object_id=None).update(object_id="")


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0016_languages_of_customers'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='event',
            name='event_type',
        ),
        migrations.RemoveField(
            model_name='event',
            name='organization',
        ),
        migrations.AlterField(
            model_name='event',
            name='object_id',
            field=models.CharField(blank=True, max_length=255, null=True, verbose_name='object'),
        ),
        migrations.RunPython(forget_empty_names, empty_names),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(
                    model_name='event',
                    name='event_object',
                ),
                migrations.RemoveField(
                    model_name='event',
                    name='object_id',
                ),
                migrations.AddField(
                    model_name='event',
                    name='object',
                    field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='billing.mirroredobject', to_field='stripe_id', verbose_name='object'),
                ),
                migrations.AddIndex(
                    model_name='event',
                    index=models.Index(fields=['object'], name='event_object'),
                ),
            ],
        ),
    ]
