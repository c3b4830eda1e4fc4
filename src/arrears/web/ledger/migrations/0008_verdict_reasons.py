"""The reasons of verdicts get a table, so that they are counted without reading what is stored of each."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.utils.timezone import localdate

AT_ONCE = 2000


def count_what_is_stored(apps: Any, _schema_editor: Any) -> None:
    """Every verdict that is kept already gets its day, its channel and its reasons, out of its record."""
    verdicts = apps.get_model("ledger", "GateVerdict").objects
    reasons = apps.get_model("ledger", "VerdictReason")
    for rows in _in_parts(verdicts.order_by("pk")):
        made = []
        for verdict in rows:
            facts, said = _part(verdict.record, "facts"), _part(verdict.record, "verdict")
            verdict.asked_date = localdate(verdict.at)
            verdict.channel = str(facts.get("channel") or "")[:20]
            named = {
                (str(one.get("rule_id", ""))[:80], str(one.get("code", ""))[:40])
                for one in said.get("because") or ()
                if isinstance(one, dict)
            }
            made += [
                reasons(
                    verdict_id=verdict.pk, asked_date=verdict.asked_date, rule_id=rule_id, code=code
                )
                for rule_id, code in sorted(named)
            ]
        verdicts.bulk_update(rows, ("asked_date", "channel"))
        reasons.objects.bulk_create(made)


def _in_parts(found: Any) -> Iterator[list[Any]]:
    """The rows in the order of their keys, some at a time."""
    last = 0
    while rows := list(found.filter(pk__gt=last)[:AT_ONCE]):
        last = rows[-1].pk
        yield rows


def _part(record: Any, name: str) -> dict[str, Any]:
    """A part of a record; nothing where the record was changed after it was written."""
    part = record.get(name) if isinstance(record, dict) else None
    return part if isinstance(part, dict) else {}


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_holds'),
    ]

    operations = [
        migrations.AddField(
            model_name='gateverdict',
            name='asked_date',
            field=models.DateField(default=date(1970, 1, 1)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='gateverdict',
            name='channel',
            field=models.CharField(blank=True, default='', max_length=20),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='gateverdict',
            index=models.Index(fields=['asked_date', 'outcome', 'channel', 'case'], name='verdict_by_day'),
        ),
        migrations.AddIndex(
            model_name='slot',
            index=models.Index(fields=['local_date', 'kind'], name='slot_by_day'),
        ),
        migrations.CreateModel(
            name='VerdictReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_date', models.DateField()),
                ('rule_id', models.CharField(max_length=80)),
                ('code', models.CharField(max_length=40)),
                ('verdict', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reasons', to='ledger.gateverdict')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['asked_date', 'rule_id', 'verdict'], name='reason_by_day'),
                    models.Index(fields=['rule_id', 'asked_date', 'verdict'], name='reason_by_rule'),
                ],
                'constraints': [models.UniqueConstraint(fields=('verdict', 'rule_id', 'code'), name='reason_once')],
            },
        ),
        migrations.RunPython(count_what_is_stored, migrations.RunPython.noop),
    ]
