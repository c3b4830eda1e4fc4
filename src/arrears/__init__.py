"""Arrears (逾期管理): from a bank's files to a lawful, explained, ranked day of collection work."""

import zoneinfo

# Time zones are those of the package tzdata, which is locked, and not of whatever this machine has: a
# system's can be years old, and two machines of one bank must not show a borrower two clocks.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
