"""App notices: handed to the bank's own push service by a signed webhook.

`settings.py` says where that service is, `request.py` makes and signs a request, and `transport.py`
sends it.
"""
