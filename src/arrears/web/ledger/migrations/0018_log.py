"""The log's numbers and hashes, what was found of them, and the personal values beside events."""

import django.db.models.deletion
from django.db import migrations, models

# What was logged before is numbered like everything else, oldest first.
WAIT = "INSERT INTO ledger_eventwaiting (event_id) SELECT id FROM ledger_event"


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0017_reports'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='seals',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='EventWaiting',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='waiting', serialize=False, to='ledger.event')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EventLink',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.CharField(max_length=64)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='link', to='ledger.event')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EventValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20)),
                ('salt', models.CharField(max_length=32)),
                ('value', models.TextField()),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept', to='ledger.event')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LogHead',
            fields=[
                ('name', models.CharField(default='log', max_length=10, primary_key=True, serialize=False)),
                ('count', models.BigIntegerField(default=0)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LogCheck',
            fields=[
                ('name', models.CharField(default='log', max_length=10, primary_key=True, serialize=False)),
                ('count', models.BigIntegerField(default=0)),
                ('hash', models.CharField(max_length=64)),
                ('checked_at', models.DateTimeField(null=True)),
                ('whole_at', models.DateTimeField(null=True)),
                ('wrong', models.JSONField(default=list)),
                ('anchored_count', models.BigIntegerField(default=0)),
                ('anchored_at', models.DateTimeField(null=True)),
                ('tried_at', models.DateTimeField(null=True)),
                ('faults', models.JSONField(default=list)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RunSQL(WAIT, migrations.RunSQL.noop),
    ]
