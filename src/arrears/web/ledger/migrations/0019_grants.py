"""What documents of the bank prove: who is liable, what a borrower agreed to."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0018_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'borrower_id', 'kind', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('borrower_id', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=10)),
                ('word', models.CharField(max_length=40)),
                ('evidence', models.TextField()),
                ('from_date', models.DateField()),
                ('until_date', models.DateField(null=True)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='ledger.publishedrun')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
