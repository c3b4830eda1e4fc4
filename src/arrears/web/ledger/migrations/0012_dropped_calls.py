"""A call that was claimed may turn out not to have been placed."""

from django.db import migrations, models

STATES = ("dialling", "talked", "connected", "unanswered", "not_dialled")


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0011_marks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='call',
            name='state',
            field=models.CharField(choices=[(state, state) for state in STATES], max_length=12),
        ),
    ]
