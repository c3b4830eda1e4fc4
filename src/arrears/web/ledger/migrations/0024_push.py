"""Notices in the app: which rules stand against one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0023_letters'),
    ]

    operations = [
        migrations.AddField(
            model_name='casemark',
            name='push',
            field=models.TextField(blank=True, default=''),
            preserve_default=False,
        ),
    ]
