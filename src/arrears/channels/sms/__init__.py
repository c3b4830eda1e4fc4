"""Text messages by an HTTP gateway that speaks as Kannel's smsbox does.

`settings.py` says where the gateway is, `parts.py` counts what a text costs, `request.py` makes a
request of a message, `transport.py` sends it, `fake.py` keeps it in memory.
"""
