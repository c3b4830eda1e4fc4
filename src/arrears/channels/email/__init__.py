"""E-mail by SMTP, to the institution's own relay.

`settings.py` says where the relay is, `compose.py` makes a mail of a message, `transport.py` hands
it over, `fake.py` keeps it in memory. What comes back undelivered comes to `bounce+KEY@…`, so that
a bounce names the message it is about.
"""
