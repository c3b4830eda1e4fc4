"""Letters: pages a second, beside the bare compiler that sets an empty page.

    python benchmarks/letters.py [--letters 200]

Each letter is another one, with seal-less head, text, code, two fonts within; it is set, written, and on the
disk before the next. `bare` is the same compiler asked for an empty page with the same standards. The bar:
10 pages a second. It needs the font (Debian: fonts-noto-cjk).
"""

import argparse
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime

import typst

from arrears.channels.letter.settings import LetterSettings
from arrears.channels.letter.transport import LetterTransport
from arrears.channels.transport import Message

BAR = 10
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
TEXT = (
    "尊敬的客户：\n截至 2026-11-20，您的贷款应还 ¥1,234.56 元，已逾期 35 天。请于 2026-12-05 前归还。\n"
    "您有权核对账目、提出异议，也可以与我们协商还款方式。如已还款，请忽略本函。"
)
LETTER = Message(
    "某省某市某区某路1号101室", "逾期还款提示函", TEXT, "zh-CN", name="张三", at=AT, proof="p" * 32
)


def main() -> int:
    """Prints how many pages a second, beside the bare compiler."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=200)
    letters = parser.parse_args().letters
    with tempfile.TemporaryDirectory() as folder:
        page = "https://bank.example/letter/{key}/{proof}"
        way = LetterTransport(LetterSettings(folder, "某某银行", "某市某路2号", "95588", page=page))
        way.send(LETTER, key="first")
        began, pages = time.perf_counter(), 0
        for n in range(letters):
            pages += way.send(replace(LETTER, name=f"张三{n}"), key=f"c-{n}").parts
        own = pages / (time.perf_counter() - began)
    bare = typst.Compiler(b"#set document(title: [x])")
    began = time.perf_counter()
    for _ in range(letters):
        bare.compile(b"#set document(title: [x])", pdf_standards=["a-2a", "ua-1"])
    floor = letters / (time.perf_counter() - began)
    print(f"letters {own:,.0f} pages/s, bare empty pages {floor:,.0f}/s: {floor / own:.1f} x")
    print("bar holds" if own >= BAR else "THE BAR DOES NOT HOLD")
    return 0 if own >= BAR else 1


if __name__ == "__main__":
    raise SystemExit(main())
