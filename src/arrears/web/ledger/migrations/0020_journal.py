"""How far the send journal goes, and what only it knows; a message may be in doubt before its claim."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0019_grants'),
    ]

    operations = [
        migrations.CreateModel(
            name='JournalHead',
            fields=[
                ('name', models.CharField(default='journal', max_length=10, primary_key=True, serialize=False)),
                ('count', models.BigIntegerField(default=0)),
                ('written', models.BigIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Unaccounted',
            fields=[
                ('n', models.BigIntegerField(primary_key=True, serialize=False)),
                ('key', models.CharField(db_index=True, max_length=48)),
                ('borrower_id', models.CharField(blank=True, db_index=True, max_length=80)),
                ('channel', models.CharField(blank=True, max_length=20)),
                ('local_date', models.DateField(null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('found_at', models.DateTimeField()),
                ('state', models.CharField(blank=True, max_length=20)),
                ('settled_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
