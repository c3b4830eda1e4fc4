"""Who: whom a document of the bank's binds, and whom a complaint is about.

Grants are made anew and empty, as nobody knows whom the rows so far meant.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0020_journal'),
    ]

    operations = [
        migrations.DeleteModel(name='Grant'),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'borrower_id', 'kind', 'word', 'point_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('borrower_id', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=10)),
                ('word', models.CharField(max_length=40)),
                ('point_id', models.CharField(blank=True, max_length=80)),
                ('evidence', models.TextField()),
                ('from_date', models.DateField()),
                ('until_date', models.DateField(null=True)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='ledger.publishedrun')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='about',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hold',
            name='about_nobody',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='hold',
            name='received_date',
            field=models.DateField(null=True),
        ),
    ]
