"""Text messages by Alibaba Cloud's short message service (Dysmsapi 2017-05-25).

`settings.py` says in whose name we write, `request.py` makes and signs a request, and `transport.py`
sends it.
"""
