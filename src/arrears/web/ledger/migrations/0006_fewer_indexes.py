"""What publishing fills costs as much for each index as for the row: each table has as few as its pages need."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = (
    "run_id, borrower_id, rank, treatment, reasons, borrower_kind, loans, loans_overdue, worst_loan_id, "
    "dpd, counted_dpd, bucket, class5, overdue_minor, penalty_minor, compound_minor, outstanding_minor, "
    "branch, product, last_contact_date, promise_broken_today, flags"
)


def without_like(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL has no index for texts that numbers of borrowers begin with: nobody asks for them so."""
    if schema_editor.connection.vendor != "postgresql":
        return
    borrower = apps.get_model("ledger", "Borrower")
    for name in schema_editor._constraint_names(borrower, ["borrower_id"], index=True, unique=False):
        if name.endswith("_like"):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0005_log_indexes'),
    ]

    operations = [
        migrations.RenameModel('CaseDay', 'CaseDayBefore'),
        migrations.CreateModel(
            name='CaseDay',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'rank', blank=True, editable=False, primary_key=True, serialize=False)),
                ('borrower_id', models.CharField(max_length=80)),
                ('rank', models.BigIntegerField()),
                ('treatment', models.CharField(max_length=20)),
                ('reasons', models.TextField()),
                ('borrower_kind', models.CharField(max_length=10)),
                ('loans', models.IntegerField()),
                ('loans_overdue', models.IntegerField()),
                ('worst_loan_id', models.CharField(max_length=80)),
                ('dpd', models.IntegerField()),
                ('counted_dpd', models.IntegerField()),
                ('bucket', models.CharField(max_length=4)),
                ('class5', models.CharField(max_length=20)),
                ('overdue_minor', models.BigIntegerField()),
                ('penalty_minor', models.BigIntegerField()),
                ('compound_minor', models.BigIntegerField()),
                ('outstanding_minor', models.BigIntegerField()),
                ('branch', models.CharField(blank=True, max_length=80)),
                ('product', models.CharField(blank=True, max_length=80)),
                ('last_contact_date', models.DateField(null=True)),
                ('promise_broken_today', models.IntegerField()),
                ('flags', models.TextField(blank=True)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='ledger.publishedrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('run'), models.F('borrower_id'), name='case_day_of_borrower')],
            },
        ),
        migrations.RunSQL(
            f"INSERT INTO ledger_caseday ({COLUMNS}) SELECT {COLUMNS} FROM ledger_casedaybefore",
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel('CaseDayBefore'),
        migrations.RemoveConstraint(
            model_name='case',
            name='one_case_at_a_time',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_of_borrower',
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(models.F('borrower_id'), models.Case(models.When(models.Q(('state__in', ('cured', 'closed')), _negated=True), then=1)), name='one_case_at_a_time'),
        ),
        migrations.RunPython(without_like, migrations.RunPython.noop),
    ]
