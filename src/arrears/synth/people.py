"""Who borrows: fictional people and companies, whose numbers fail every check on purpose."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from arrears.synth.season import Mask, Whole
from arrears.synth.sheet import chosen, digits, joined, sheet

COMPANY_SHARE = 0.04
REPEAT_SHARE = 0.13  # of loans whose borrower already has one: 1.15 loans for each borrower

_STEMS = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
CHECK_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECK_DIGITS = "10X98765432"
UNASSIGNED_MOBILE = "154"  # no operator gives out numbers in this range
_UNASSIGNED_REGION = "990000"  # no region has this code

# City, code of the region, and a point near its middle (WGS-84).
_CITIES = (
    ("杭州市", "330100", 120.16, 30.27),
    ("宁波市", "330200", 121.55, 29.87),
    ("温州市", "330300", 120.70, 28.00),
    ("嘉兴市", "330400", 120.76, 30.75),
    ("湖州市", "330500", 120.09, 30.89),
    ("绍兴市", "330600", 120.58, 30.03),
    ("金华市", "330700", 119.65, 29.08),
    ("衢州市", "330800", 118.87, 28.94),
    ("台州市", "331000", 121.42, 28.66),
    ("丽水市", "331100", 119.92, 28.47),
)
BRANCHES = tuple(f"示例银行{city[0][:2]}支行" for city in _CITIES)


@dataclass(frozen=True, slots=True)
class People:
    """Borrowers of one chunk, column by column.

    Grain: one row per borrower; `number` runs through the whole book.
    """

    number: Whole
    company: Mask
    city: Whole
    known: Whole  # the day of their first loan

    @property
    def ids(self) -> pa.Array:
        """The borrower ids."""
        return joined("B", digits(self.number, 10))


def draw_people(rng: np.random.Generator, first_number: int, known: Whole) -> People:
    """As many borrowers as there are days of a first loan."""
    count = len(known)
    return People(
        number=np.arange(first_number, first_number + count),
        company=rng.random(count) < COMPANY_SHARE,
        city=rng.integers(0, len(_CITIES), count),
        known=known,
    )


def borrowers(rng: np.random.Generator, people: People) -> pa.Table:
    """The table `borrowers`."""
    count = len(people.number)
    where = people.city
    stem = chosen(tuple(_STEMS), people.number * 7 % len(_STEMS))
    label = chosen(("虚构", "氏虚构企业"), people.company.astype(np.int64))
    house = digits(rng.integers(1, 400, count), 1)
    columns = {
        "borrower_id": people.ids,
        "kind": chosen(("person", "company"), people.company.astype(np.int64)),
        "name": joined(stem, label, digits(people.number, 6)),
        "id_number": _id_numbers(rng, people),
        "zone": "Asia/Shanghai",
        "language": "zh",
        "region_code": chosen([c[1] for c in _CITIES], where),
        "address": joined(chosen([c[0] for c in _CITIES], where), "示例路", house, "号"),
        "lon": np.array([c[2] for c in _CITIES])[where] + _spread(rng, count),
        "lat": np.array([c[3] for c in _CITIES])[where] + _spread(rng, count),
        "known_date": people.known,
    }
    return sheet("borrowers", columns)


def contact_points(rng: np.random.Generator, people: People) -> pa.Table:
    """The table `contact_points`: a mobile for all; some add another, a guarantor, an email."""
    count = len(people.number)
    everyone = np.arange(count)
    second = everyone[rng.random(count) < 0.10]
    guarantor = everyone[rng.random(count) < 0.03]
    email = everyone[rng.random(count) < 0.15]
    groups = (everyone, second, guarantor, email)
    row = np.concatenate(groups)
    group = np.repeat(np.arange(4), [len(g) for g in groups])
    order = np.lexsort((group, row))
    row, group = row[order], group[order]
    mobile = joined(UNASSIGNED_MOBILE, digits(rng.integers(0, 10**8, len(row)), 8))
    number = digits(people.number[row], 10)
    is_email = group == 3
    role = np.where(group == 2, 2, np.where(people.company[row] & ~is_email, 1, 0))
    columns = {
        "point_id": joined("T", number, "-", digits(group + 1, 1)),
        "borrower_id": joined("B", number),
        "role": chosen(("debtor", "legal_representative", "guarantor"), role),
        "kind": chosen(("mobile", "email"), is_email.astype(np.int64)),
        "value": _either(is_email, joined("b", number, "@borrower.invalid"), mobile),
        "source": chosen(("contract", "update", "contract", "borrower"), group),
        "valid_from": people.known[row],
        "known_date": people.known[row],
    }
    return sheet("contact_points", columns)


def _id_numbers(rng: np.random.Generator, people: People) -> pa.Array:
    """Numbers of the usual length that no check accepts: 18 digits, the last one off by one."""
    count = len(people.number)
    born = rng.integers(-7300, 12_000, count).astype("datetime64[D]")  # 1950 to 2002
    body = np.char.add(_UNASSIGNED_REGION, np.char.replace(born.astype(str), "-", ""))
    body = np.char.add(body, np.char.zfill((people.number % 1000).astype(str), 3))
    figures = body.view("U1").reshape(count, 17).astype(np.int64)
    wrong = (figures @ CHECK_WEIGHTS + 1) % 11
    person = joined(pa.array(body), chosen(tuple(CHECK_DIGITS), wrong))
    company = joined("91", _UNASSIGNED_REGION, digits(people.number, 9), "I")  # I is never used
    return _either(people.company, company, person)


def _either(mask: Mask, when_true: pa.Array, when_false: pa.Array) -> pa.Array:
    both = pa.concat_arrays([when_false, when_true])
    return both.take(pa.array(np.arange(len(mask)) + mask * len(mask)))


def _spread(rng: np.random.Generator, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.round(rng.normal(0, 0.05, count), 5)
