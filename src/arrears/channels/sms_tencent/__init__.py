"""Text messages by Tencent Cloud's short message service (sms 2021-01-11).

`settings.py` says in whose name we write, `request.py` makes and signs a request, and `transport.py`
sends it.
"""
