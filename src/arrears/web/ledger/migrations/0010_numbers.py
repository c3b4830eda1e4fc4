"""Unanswered calls, and what was let pass, go by the number itself instead of by the point that has it."""

from collections import defaultdict
from typing import Any

from django.db import migrations, models

from arrears.web.ledger.numbers import number_mark


def count_by_number(apps: Any, _schema_editor: Any) -> None:
    """Each ring gets its number's next place of the day, each override its number.

    A point that is known no longer stays named by its id: nobody can call it.
    """
    points = apps.get_model("ledger", "ContactPoint").objects
    slots = apps.get_model("ledger", "Slot").objects.filter(kind="ring")
    overrides = apps.get_model("ledger", "Override").objects
    asked = {*slots.values_list("number", flat=True), *overrides.values_list("point_id", flat=True)}
    marks = {
        point_id: number_mark(value)
        for point_id, value in points.values_list("point_id", "value").iterator()
        if point_id in asked
    }
    last: dict[tuple[Any, ...], int] = defaultdict(int)
    for slot in slots.order_by("pk").iterator():
        if slot.number not in marks:
            continue
        number = marks[slot.number]
        key = (slot.borrower_id, slot.local_date, number)
        last[key] += 1
        slots.filter(pk=slot.pk).update(number=number, n=last[key])
    for point_id in set(overrides.values_list("point_id", flat=True)):
        overrides.filter(point_id=point_id).update(number=marks[point_id])


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0009_calls'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='slot',
            name='slot_once',
        ),
        migrations.RenameField(
            model_name='slot',
            old_name='point_id',
            new_name='number',
        ),
        migrations.AddField(
            model_name='override',
            name='number',
            field=models.CharField(default='', max_length=80),
            preserve_default=False,
        ),
        migrations.RunPython(count_by_number, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(fields=('borrower_id', 'local_date', 'kind', 'number', 'n'), name='slot_once'),
        ),
        migrations.AddIndex(
            model_name='override',
            index=models.Index(fields=['borrower_id', 'local_date'], name='override_of_day'),
        ),
    ]
