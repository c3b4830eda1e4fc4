"""It may be told that a debtor has died, or can no longer act for themselves."""

from django.db import migrations, models

KINDS = (
    "pause", "complaint", "dispute", "hardship", "vulnerable", "bereavement", "bankruptcy", "represented",
    "no_contact", "plan", "legal", "deceased", "incapacitated", "no_contact_order", "opt_out", "closed_point",
    "sensitive_date", "third_person_refusal", "payment_received",
)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0015_closed_points'),
    ]

    operations = [
        migrations.AlterField(
            model_name='hold',
            name='kind',
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=20),
        ),
    ]
