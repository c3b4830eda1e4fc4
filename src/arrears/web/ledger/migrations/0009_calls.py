"""Calls with their reservations, overrides, the rules of past verdicts, and what is known of collectors."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0008_verdict_reasons'),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('borrower_id', models.CharField(db_index=True, max_length=80)),
                ('mode', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('dialling', 'dialling'), ('talked', 'talked'), ('connected', 'connected'), ('unanswered', 'unanswered')], max_length=12)),
                ('at', models.DateTimeField()),
                ('local_date', models.DateField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('borrower_id', models.CharField(max_length=80)),
                ('rule_id', models.CharField(max_length=80)),
                ('local_date', models.DateField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RuleBook',
            fields=[
                ('version', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('record', models.JSONField()),
                ('first_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='slot',
            name='slot_once',
        ),
        migrations.AddField(
            model_name='person',
            name='background_clear',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='person',
            name='exam_date',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='person',
            name='secrecy_signed',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='slot',
            name='point_id',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name='gateverdict',
            name='outcome',
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name='gateverdict',
            name='rules_version',
            field=models.CharField(max_length=200),
        ),
        migrations.AlterField(
            model_name='slot',
            name='kind',
            field=models.CharField(choices=[('contact', 'contact'), ('message', 'message'), ('talk', 'talk'), ('put_through', 'put_through'), ('ring', 'ring'), ('visit', 'visit')], max_length=20),
        ),
        migrations.AddField(
            model_name='call',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='call',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='ledger.case'),
        ),
        migrations.AddField(
            model_name='call',
            name='contact',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='call', to='ledger.contact'),
        ),
        migrations.AddField(
            model_name='call',
            name='point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='ledger.contactpoint'),
        ),
        migrations.AddField(
            model_name='call',
            name='verdict',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='ledger.gateverdict'),
        ),
        migrations.AddField(
            model_name='slot',
            name='call',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='ledger.call'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(fields=('borrower_id', 'local_date', 'kind', 'point_id', 'n'), name='slot_once'),
        ),
        migrations.AddField(
            model_name='override',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='override',
            name='point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='ledger.contactpoint'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.UniqueConstraint(fields=('point', 'rule_id', 'local_date'), name='override_once'),
        ),
    ]
