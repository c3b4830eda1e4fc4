"""The ledger as Django knows it."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """One set of tables for the whole workbench."""

    name = "arrears.web.ledger"
    label = "ledger"
    verbose_name = "Ledger"
