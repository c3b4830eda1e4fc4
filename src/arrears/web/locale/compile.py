"""`python src/arrears/web/locale/compile.py`: every catalogue beside this file is compiled anew."""

from pathlib import Path

import polib

HERE = Path(__file__).parent


def compiled(catalogue: Path) -> bytes:
    """The catalogue as Django reads it. Shapes: a .po file in, the bytes of its .mo file out."""
    return bytes(polib.pofile(str(catalogue)).to_binary())


if __name__ == "__main__":
    for po in sorted(HERE.glob("*/LC_MESSAGES/django.po")):
        po.with_suffix(".mo").write_bytes(compiled(po))
