"""What each published run knew of the institution, and what its cases come to by branch and bucket."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def added_up(apps: Any, schema_editor: Any) -> None:
    """Runs that were published before have their figures."""
    days = apps.get_model("ledger", "CaseDay").objects.values("run_id", "branch", "bucket")
    figure = apps.get_model("ledger", "RunFigure")
    sums = days.annotate(cases=models.Count("pk"), overdue_minor=models.Sum("overdue_minor"))
    figure.objects.bulk_create([figure(**row) for row in sums.order_by()])


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_publishing_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='RunFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('branch', models.CharField(blank=True, max_length=80)),
                ('bucket', models.CharField(max_length=4)),
                ('cases', models.IntegerField()),
                ('overdue_minor', models.BigIntegerField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='ledger.publishedrun')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StatedFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact', models.CharField(max_length=40)),
                ('value', models.CharField(max_length=80)),
                ('evidence', models.TextField(blank=True)),
                ('from_date', models.DateField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stated', to='ledger.publishedrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'fact'), name='stated_once')],
            },
        ),
        migrations.RunPython(added_up, migrations.RunPython.noop),
    ]
