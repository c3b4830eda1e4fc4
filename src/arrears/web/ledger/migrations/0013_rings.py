"""A number's unanswered calls are counted across all borrowers who have it."""

from typing import Any

from django.db import migrations, models
from django.db.models import Count


def count_across_borrowers(apps: Any, _schema_editor: Any) -> None:
    """Where calls to one number on one day have the same place, all but the first get places of their own."""
    rings = apps.get_model("ledger", "Slot").objects.filter(kind="ring")
    places = rings.values("number", "local_date", "n")
    for number, day in set(
        places.annotate(rows=Count("pk")).filter(rows__gt=1).values_list("number", "local_date")
    ):
        same = rings.filter(number=number, local_date=day).order_by("pk")
        taken = set(same.values_list("n", flat=True))
        seen = set()
        for pk, n in list(same.values_list("pk", "n")):
            if n in seen:
                n = max(taken) + 1
                rings.filter(pk=pk).update(n=n)
                taken.add(n)
            seen.add(n)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0012_dropped_calls'),
    ]

    operations = [
        migrations.RunPython(count_across_borrowers, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'ring')), fields=('number', 'local_date', 'n'), name='ring_once'),
        ),
    ]
