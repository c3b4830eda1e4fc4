"""What mutmut found: counts by module, and the survivors that docs/reference/mutants.md does not argue.

`make mutants` runs it after mutmut. It ends with exit code 1 when a survivor is not argued.
"""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mutants.md"
KILLED = ("killed", "timeout")  # what never ends is noticed too
Survivor = tuple[str, str]  # the function, and what was changed in it


def main() -> int:
    """The table and every survivor that is not argued are shown, as the page writes them."""
    found = states()
    alive = {survivor(mutant) for mutant, state in found.items() if state not in KILLED}
    argued = set(arguments(PAGE.read_text(encoding="utf-8")))
    shown = [*table(found)]
    shown += [block("Not argued", *one) for one in sorted(alive - argued)]
    shown += [block("No longer a survivor", *one) for one in sorted(argued - alive)]
    sys.stdout.write("\n".join(shown) + "\n")
    return 1 if not found or alive - argued else 0


def table(found: Mapping[str, str]) -> Iterator[str]:
    """How many mutants of each module came to what."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mutant, state in found.items():
        _, room, module, *_ = mutant.split(".")
        counts[f"{room}/{module}"][state] += 1
    states = sorted({state for of in counts.values() for state in of})
    yield f"| module | {' | '.join(states)} |"
    yield f"|---|{'---:|' * len(states)}"
    for module, of in sorted(counts.items()):
        yield f"| `{module}` | {' | '.join(str(of[state]) for state in states)} |"


def block(what: str, name: str, change: str) -> str:
    """One survivor."""
    return f"\n{what}\n### `{name}`\n```diff\n{change}\n```"


def states() -> dict[str, str]:
    """What became of each mutant, by its name."""
    lines = _mutmut("results", "--all", "true").splitlines()
    pairs = (line.strip().rpartition(": ") for line in lines)
    return {name: state for name, _, state in pairs if "__mutmut_" in name}


def survivor(mutant: str) -> Survivor:
    """The function of a mutant and the lines that it changes."""
    lines = _mutmut("show", mutant).splitlines()
    changed = (line for line in lines if re.match(r"[+-](?![+-]{2} )", line))
    return function(mutant), "\n".join(f"{line[0]} {line[1:].strip()}" for line in changed)


def function(mutant: str) -> str:
    """The dotted name of the function that a mutant is one of: `arrears.core.money.Money._same`."""
    module, _, mangled = mutant.rpartition("__mutmut_")[0].rpartition(".")
    return f"{module}.{mangled.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"


def arguments(text: str) -> Iterator[Survivor]:
    """The survivors that a page argues: a heading with the function, then what is changed."""
    for section in re.split(r"^### ", text, flags=re.M)[1:]:
        name = section.split("`")[1]
        for change in re.findall(r"^```diff\n(.*?)\n```", section, flags=re.M | re.S):
            yield name, change


def _mutmut(*words: str) -> str:
    command = [str(Path(sys.executable).with_name("mutmut")), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
