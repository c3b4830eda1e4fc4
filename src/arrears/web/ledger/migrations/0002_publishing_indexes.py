"""Indexes that the pages read by; those that nothing reads by are gone, because every publishing fills them."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def without_like(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL has no index for texts that points of contact begin with: nobody asks for them so."""
    if schema_editor.connection.vendor != "postgresql":
        return
    point = apps.get_model("ledger", "ContactPoint")
    for name in schema_editor._constraint_names(point, ["point_id"], index=True, unique=False):
        if name.endswith("_like"):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_first'),
    ]

    operations = [
        migrations.AlterField(
            model_name='case',
            name='taken_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='case',
            name='before',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='ledger.case'),
        ),
        migrations.AlterField(
            model_name='contactpoint',
            name='borrower_id',
            field=models.CharField(max_length=80),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('taken_by__isnull', False)), fields=['taken_by'], name='case_in_hand'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['borrower_id'], name='case_of_borrower'),
        ),
        migrations.AddIndex(
            model_name='caseday',
            index=models.Index(fields=['run', 'rank'], name='case_day_in_order'),
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=models.Index(fields=['borrower_id'], name='point_of_borrower'),
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=models.Index(fields=['value'], name='point_by_value'),
        ),
        migrations.RunPython(without_like, migrations.RunPython.noop),
    ]
