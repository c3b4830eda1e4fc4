"""A number or address may be closed for whoever has it, today or later."""

from django.db import migrations, models

KINDS = (
    "pause", "complaint", "dispute", "hardship", "vulnerable", "bereavement", "bankruptcy", "represented",
    "no_contact", "plan", "legal", "no_contact_order", "opt_out", "closed_point", "sensitive_date",
    "third_person_refusal", "payment_received",
)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0014_spellings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='hold',
            name='borrower_id',
            field=models.CharField(blank=True, db_index=True, max_length=80),
        ),
        migrations.AlterField(
            model_name='hold',
            name='kind',
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=20),
        ),
    ]
