"""Django's settings, made from a home and an environment; nothing is read when a module is imported."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from arrears.core.errors import UserError
from arrears.lake.home import Home, NoBook

HERE = Path(__file__).parent
SELF = "'self'"
FIRST_CURRENCY, FIRST_ZONE = "CNY", "Asia/Shanghai"
PLANNED_AFTER = 5  # uses of a statement on one connection


# What is the same for every institution.
FIXED: dict[str, Any] = {
    "INSTALLED_APPS": [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django_htmx",
        "arrears.web.ledger",
    ],
    "AUTH_PASSWORD_VALIDATORS": [
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 10},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    ],
    "MIDDLEWARE": [
        "arrears.web.logs.RequestLog",
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "csp.middleware.CSPMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "arrears.web.nul.NoNul",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [HERE / "templates"],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        }
    ],
    "CONTENT_SECURITY_POLICY": {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "connect-src": [SELF],
            "form-action": [SELF],
            "frame-ancestors": ["'none'"],
            "base-uri": ["'none'"],
            "object-src": ["'none'"],
        }
    },
}


class DatabaseUnreadable(UserError):
    """ARREARS_DATABASE is not the address of a database that the ledger can be kept in."""

    exit_code = 90


def settings_for(home: Home, environ: Mapping[str, str]) -> dict[str, Any]:
    """Everything Django needs to know, for one institution.

    `environ` may hold ARREARS_DATABASE (postgresql://user:password@host:port/name; without it the
    ledger is a SQLite file in the home), ARREARS_HOSTS (names the workbench answers to, by comma),
    ARREARS_HTTPS ("1" when a proxy or server in front speaks TLS), ARREARS_JOURNAL (the folder of the
    send journal; without it `journal` in the home). Currency and zone are the home's.

    Raises: DatabaseUnreadable.
    """
    https = environ.get("ARREARS_HTTPS") == "1"
    hosts = environ.get("ARREARS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    ledger = database(environ.get("ARREARS_DATABASE", ""), home)
    currency, zone = _institution(home)
    return {
        **FIXED,
        "SECRET_KEY": _secret(home),
        "DEBUG": False,
        "ALLOWED_HOSTS": hosts,
        # What is sent over TLS to a proxy comes to us without it, and names the page's own address.
        "CSRF_TRUSTED_ORIGINS": [_origin(host) for host in hosts if host != "*"] if https else [],
        "ARREARS_HOME": home.path,
        "ARREARS_JOURNAL": Path(environ.get("ARREARS_JOURNAL") or home.path / "journal"),
        "ARREARS_CURRENCY": currency,
        "ROOT_URLCONF": "arrears.web.urls",
        "DATABASES": {"default": ledger},
        "CACHES": {"default": cache(ledger)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "AUTH_USER_MODEL": "ledger.Person",
        "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "LOGIN_URL": "/sign-in/",
        "LOGIN_REDIRECT_URL": "/",
        "LOGGING": {"version": 1, "disable_existing_loggers": False},
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [HERE / "static"],
        "WHITENOISE_USE_FINDERS": True,
        "LANGUAGE_CODE": "zh-hans",
        "LANGUAGES": [("zh-hans", "简体中文"), ("en", "English")],
        "LOCALE_PATHS": [HERE / "locale"],
        "USE_TZ": True,
        "TIME_ZONE": zone,
        "SESSION_COOKIE_AGE": 10 * 60 * 60,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "CSRF_COOKIE_SECURE": https,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1 << 20,
    }


def database(address: str, home: Home) -> dict[str, Any]:
    """Django's description of the ledger's database. Raises: DatabaseUnreadable."""
    if not address:
        (home.path / "ledger").mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home.path / "ledger" / "ledger.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    told = urlsplit(address)
    name = told.path.removeprefix("/")
    if told.scheme not in ("postgresql", "postgres") or not name:
        raise DatabaseUnreadable(
            f"ARREARS_DATABASE is no address of a PostgreSQL database: {told.scheme}://…",
            hint="Write postgresql://user:password@host:port/name, or leave it out for SQLite.",
        )
    # What is asked again and again is planned once: planning costs more than the answer.
    planned: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": PLANNED_AFTER}
    options = {**planned, **dict(parse_qsl(told.query))}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(told.username or ""),
        "PASSWORD": unquote(told.password or ""),
        "HOST": options.pop("host", told.hostname or ""),
        "PORT": str(told.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def cache(ledger: Mapping[str, Any]) -> dict[str, Any]:
    """Where short-lived counts are kept: a table where several processes may serve, else memory."""
    if ledger["ENGINE"].endswith("postgresql"):
        return {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "ledger_cache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


def _institution(home: Home) -> tuple[str, str]:
    """The currency and the zone of the home's book; those of the first users before there is one."""
    try:
        held = home.institution()
    except NoBook:
        return FIRST_CURRENCY, FIRST_ZONE
    return held.currency, held.zone


def _origin(host: str) -> str:
    return f"https://*{host}" if host.startswith(".") else f"https://{host}"


def _secret(home: Home) -> str:
    """The key that signs sessions, made once for a home and readable by its owner only."""
    file = home.path / "ledger" / "secret"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        draft.chmod(0o600)
        draft.replace(file)
    return file.read_text(encoding="ascii")
