"""What the institution states of all its borrowers, kept with each run that is put before people."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_publishing_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatedFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact', models.CharField(max_length=40)),
                ('value', models.CharField(max_length=80)),
                ('evidence', models.TextField(blank=True)),
                ('from_date', models.DateField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stated', to='ledger.publishedrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'fact'), name='stated_once')],
            },
        ),
    ]
