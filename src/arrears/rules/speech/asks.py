"""What somebody who writes back asks for."""

import re
import unicodedata

STOPS = {"t", "td", "n", "qx", "stop", "stopall", "unsubscribe", "end", "quit", "停止", "取消"}
ASKS_TO_STOP = re.compile("退订|退訂|退定|取消订阅|(别|不要|勿)再(给我)?发")


def asks_to_stop(text: str) -> bool:
    """Whoever wrote this wants no more such messages. When in doubt whether it is a whole word: yes."""
    bare = "".join(s for s in unicodedata.normalize("NFKC", text).casefold() if s.isalnum())
    return bare in STOPS or bool(ASKS_TO_STOP.search(bare))
