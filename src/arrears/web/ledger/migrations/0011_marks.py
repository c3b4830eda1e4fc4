"""Marks of the day: whom no rule on stored facts lets anyone contact, said once its run is before people."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0010_numbers'),
    ]

    operations = [
        migrations.AddField(
            model_name='pointer',
            name='marked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='CaseMark',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'borrower_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('borrower_id', models.CharField(max_length=80)),
                ('branch', models.CharField(blank=True, max_length=80)),
                ('call', models.TextField(blank=True)),
                ('sms', models.TextField(blank=True)),
                ('email', models.TextField(blank=True)),
                ('until_date', models.DateField(null=True)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='ledger.publishedrun')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
