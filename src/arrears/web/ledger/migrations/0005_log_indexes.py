"""Indexes by which the log is read: by day, and by what was done."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_gone_points'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['at'], name='event_by_day'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['verb', 'id'], name='event_by_verb'),
        ),
    ]
