"""One of several processes that serve the workbench: what granian starts in each of them."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from arrears.lake.home import Home


def workbench() -> Callable[..., Any]:
    """The workbench of ARREARS_HOME, in a process that ends when the one that started it does."""
    from django.core.wsgi import get_wsgi_application
    from granian.utils.proxies import wrap_wsgi_with_proxy_headers

    from arrears.web.logs import configure_logs
    from arrears.web.start import start

    home = Home(Path(os.environ["ARREARS_HOME"]))
    start(home, os.environ)
    from arrears.web.sender.worker import listen  # needs a Django that has begun

    configure_logs()
    listen(home.path / "ledger")
    Thread(target=_end_with_parent, daemon=True).start()
    pages: Callable[..., Any] = get_wsgi_application()
    proxy = os.environ.get("ARREARS_PROXY")
    return wrap_wsgi_with_proxy_headers(pages, trusted_hosts=proxy) if proxy else pages


def _end_with_parent() -> None:
    """A killed parent cannot say good-bye; without it nobody would ever stop this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
