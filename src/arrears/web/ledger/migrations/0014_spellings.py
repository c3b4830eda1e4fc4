"""Holds and telephones as `core.hold.plain` writes them since it knows more spellings of one number."""

from typing import Any

from django.db import migrations

from arrears.core.contact import TELEPHONES
from arrears.core.hold import plain


def spell(apps: Any, _schema_editor: Any) -> None:
    """Each value that is written otherwise by now is written so."""
    holds = apps.get_model("ledger", "Hold").objects.exclude(value="")
    points = apps.get_model("ledger", "ContactPoint").objects.filter(kind__in=TELEPHONES)
    for rows in (holds, points):
        for pk, value in rows.values_list("pk", "value").iterator():
            if plain(value) != value:
                rows.filter(pk=pk).update(value=plain(value))


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0013_rings'),
    ]

    operations = [migrations.RunPython(spell, migrations.RunPython.noop)]
