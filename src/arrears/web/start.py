"""Django, told once of a home and an environment before anything of the workbench is imported."""

from collections.abc import Mapping

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from arrears.lake.home import Home
from arrears.web.settings import settings_for


def start(home: Home, environ: Mapping[str, str]) -> None:
    """Django is ready for this home; asked again it stays as it is. Raises: DatabaseUnreadable."""
    if not settings.configured:
        settings.configure(**settings_for(home, environ))
    if not apps.ready:
        django.setup()


def upgrade() -> None:
    """The ledger's tables are as this version needs them; nothing in them is lost."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)  # where the cache is kept in the database


def behind() -> list[str] | None:
    """The changes that the ledger's tables still wait for; None where there are no tables yet.

    Raises: django.db.Error, when the database does not answer.
    """
    plan = MigrationExecutor(connection)
    if not plan.loader.applied_migrations:
        return None
    return [str(change) for change, _ in plan.migration_plan(plan.loader.graph.leaf_nodes())]
