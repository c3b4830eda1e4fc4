"""The rules of the pack as data; their figures, days and sources stand in limits.toml."""

from arrears.rules.packs.cn import acts, contacts, persons, staff

RULES = (*persons.RULES, *contacts.RULES, *staff.RULES, *acts.RULES)
