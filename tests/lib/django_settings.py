"""Django's settings for the tests: the product's own, over a home that is thrown away.

ARREARS_DATABASE names a PostgreSQL server; without it each process has a SQLite file of its own.
"""

import os
import tempfile
from pathlib import Path

from arrears.lake.home import Home
from arrears.web.settings import settings_for

HOME = Home(
    Path(tempfile.gettempdir(), f"arrears-tests-{os.getuid() if hasattr(os, 'getuid') else 0}")
)

globals().update(settings_for(HOME, os.environ))
DATABASES = globals()["DATABASES"]
if not os.environ.get("ARREARS_DATABASE"):
    DATABASES["default"]["TEST"] = {
        "NAME": str(HOME.path / "ledger" / f"test-{os.getpid()}.sqlite3")
    }
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in often
