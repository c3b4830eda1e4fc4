"""The ledger, opened for a command: Django is imported only where a command needs it."""

import os
from collections.abc import Mapping

from arrears.core.errors import UserError
from arrears.lake.home import Home


class NoWorkbench(UserError):
    """The libraries of the workbench are not installed."""

    exit_code = 16


def open_ledger(home: Home, environ: Mapping[str, str] | None = None) -> None:
    """Django knows this home and its ledger's tables are up to date. Raises: NoBook, NoWorkbench.

    `environ` None is the environment of this process.
    """
    home.institution()
    try:
        from arrears.web.start import start, upgrade
    except ImportError as error:
        raise NoWorkbench(
            f"The workbench needs {error.name}, which is not installed",
            hint='Install it with: pip install "arrears[web]"',
        ) from error
    start(home, os.environ if environ is None else environ)
    upgrade()
