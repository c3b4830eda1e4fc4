"""A mapping is read from TOML, by the name of a shipped one or from a file, and checked whole."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from arrears.core.errors import UserError
from arrears.feeds.grammar import checked
from arrears.feeds.terms import Mapping, MappingWrong

__all__ = ["Mapping", "MappingWrong", "NoMapping", "read_mapping", "shipped"]


class NoMapping(UserError):
    """There is no mapping of that name and no such file."""

    exit_code = 30


def shipped() -> list[str]:
    """The names of the mappings that come with the product."""
    folder = resources.files("arrears.feeds") / "mappings"
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )


def read_mapping(name_or_path: str) -> Mapping:
    """The mapping of that shipped name or in that file.

    Raises: NoMapping; MappingWrong with every mistake, its line and its mend.
    """
    if name_or_path in shipped():
        file = resources.files("arrears.feeds") / "mappings" / f"{name_or_path}.toml"
        label, text = name_or_path, file.read_text(encoding="utf-8")
    else:
        path = Path(name_or_path)
        if not path.is_file():
            raise NoMapping(
                f"There is no mapping {name_or_path}",
                hint=f"Shipped ones: {', '.join(shipped())}; or give the path of a TOML file.",
            )
        label, text = path.stem, path.read_text(encoding="utf-8-sig")
    return checked(label, _toml(label, text), text)


def _toml(label: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingWrong(
            f"{label}.toml cannot be read: {error}",
            hint="Mend that line. Texts stand in quotes, and so do keys that are not plain ASCII: "
            '"正常" = "open".',
        ) from error
