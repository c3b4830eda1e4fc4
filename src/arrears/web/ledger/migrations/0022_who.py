"""Who: whom a document of the bank's binds, whom a complaint is about, who has a number or an address,
and who let contacting go on after a restore.

Grants are made anew and empty, as nobody knows whom the rows so far meant.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from arrears.core.hold import plain


def spell(apps: Any, _schema_editor: Any) -> None:
    """Each point has its value as `plain` writes it beside it."""
    points = apps.get_model("ledger", "ContactPoint").objects.all()
    points.update(plain=models.F("value"))
    for pk, value in points.values_list("pk", "value").iterator():
        if plain(value) != value:
            points.filter(pk=pk).update(plain=plain(value))


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0021_visits'),
    ]

    operations = [
        migrations.DeleteModel(name='Grant'),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'borrower_id', 'kind', 'word', 'point_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('borrower_id', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=10)),
                ('word', models.CharField(max_length=40)),
                ('point_id', models.CharField(blank=True, max_length=80)),
                ('evidence', models.TextField()),
                ('from_date', models.DateField()),
                ('until_date', models.DateField(null=True)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='ledger.publishedrun')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='about',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hold',
            name='about_nobody',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='hold',
            name='received_date',
            field=models.DateField(null=True),
        ),
        migrations.RemoveIndex(model_name='contactpoint', name='point_by_value'),
        migrations.AddField(
            model_name='contactpoint',
            name='plain',
            field=models.CharField(blank=True, default='', editable=False, max_length=200),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=models.Index(fields=['plain'], name='point_by_plain'),
        ),
        migrations.AddField(
            model_name='journalhead',
            name='waits',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='journalhead',
            name='reconciled_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(spell, migrations.RunPython.noop),
    ]
