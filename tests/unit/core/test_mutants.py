"""Core with one fault planted is caught by a worked table: the manual says enough to hold it."""

import ast
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType

import pytest

import arrears.core
from tests.lib.answers import by_core
from tests.lib.worked import english

SOURCE = Path(arrears.core.__file__).parent
IN_ORDER = ("loan", "interest", "allocation", "delinquency", "case", "promise")
TABLES = english()

# Of each module: the fault, what stands there (as `ast.unparse` writes it), what is planted.
MUTANTS = {
    "loan": [
        ("tolerance does not grow", "seq if self.tolerance_per == 'instalment' else 1", "1"),
        ("as_of dropped", "p.value_date <= as_of and p.known", "p.known"),
        ("as_of <= becomes <", "p.value_date <= as_of and", "p.value_date < as_of and"),
        ("known_on dropped", "as_of and p.known_date <= known_on", "as_of"),
        ("known_on <= becomes <", "p.known_date <= known_on", "p.known_date < known_on"),
        ("known_on of a status dropped", "and s.known_date <= known_on", ""),
        ("reversals forgotten", "if p.reverses_id is not None:", "if False:"),
        ("what is taken back in part goes whole", "elif left > 0:", "elif False:"),
    ],
    "interest": [
        ("a new rate holds a day late", "r.from_date <= day", "r.from_date < day or r is rates[0]"),
        ("no cap", "bps if cap_bps is None else min(bps, cap_bps)", "bps"),
        ("the cap is the rate", "min(bps, cap_bps)", "cap_bps"),
        ("a year of 365 always", "'act_360': 360", "'act_360': 365"),
        ("index to nine decimals", "INDEX_DIGITS = 10", "INDEX_DIGITS = 9"),
        ("index cut off", "2 * bps_days * _SCALE + year", "2 * bps_days * _SCALE"),
        ("charges cut off", "(2 * scaled + _SCALE) // (2 * _SCALE)", "scaled // _SCALE"),
    ],
    "allocation": [
        ("tolerance > becomes >=", "missing > self.terms", "missing >= self.terms"),
        ("no tolerance", "missing > self.terms.tolerance(self.due[at].seq)", "missing > 0"),
        ("the due day always counts", "1 if dpd_start == 'due_day' else 0", "1"),
        ("the due day never counts", "1 if dpd_start == 'due_day' else 0", "0"),
        (
            "per instalment reversed",
            "product(range(self.first_open, len(self.due)), (FEE, INTEREST, PRINCIPAL))",
            "product(range(self.first_open, len(self.due)), (PRINCIPAL, INTEREST, FEE))",
        ),
        (
            "fees first reversed",
            "return self._by_part((FEE, INTEREST, PRINCIPAL))",
            "return self._by_part((PRINCIPAL, INTEREST, FEE))",
        ),
        (
            "newest instalment first",
            "range(self.first_open, len(self.due))",
            "list(reversed(range(self.first_open, len(self.due))))",
        ),
        ("a card turns a day early", "CARD_TURNS_ON_DAY = 91", "CARD_TURNS_ON_DAY = 90"),
        ("a card turns a day late", "CARD_TURNS_ON_DAY = 91", "CARD_TURNS_ON_DAY = 92"),
        ("a card never turns", "and self.dpd(day) >= CARD_TURNS_ON_DAY", "and False"),
        ("the bank's split ignored", "if self.terms.order == 'as_booked'", "if False"),
        (
            "what a split leaves over is lost",
            "self._pour_in_order(payment.payment_id, payment.value_date, left)",
            "self.terms.order == 'as_booked' or "
            "self._pour_in_order(payment.payment_id, payment.value_date, left)",
        ),
        ("early money is lost", "self.credit.append((payment_id, minor))", "pass"),
        ("paid before due on one day", "(p.value_date, 1, n)", "(p.value_date, -1, n)"),
        (
            "a reversal undoes the past",
            "p.reverses_id is not None and p.value_date <= at",
            "False",
        ),
        (
            "charges begin a day early",
            "Accrual(day, until,",
            "Accrual(date.fromordinal(day.toordinal() - 1), until,",
        ),
        (
            "charges end a day early",
            "(upto, 1, 0)",
            "(date.fromordinal(upto.toordinal() - 1), 0, 0)",
        ),
        (
            "penalty on interest too",
            "a.principal_minor * (penalty",
            "(a.principal_minor + a.interest_minor) * (penalty",
        ),
        (
            "compound on principal",
            "a.interest_minor * (compound",
            "a.principal_minor * (compound",
        ),
    ],
    "delinquency": [
        ("tolerance of the whole loan ignored", "- loan.terms.tolerance(last)", ""),
        ("paid in full >= becomes >", "paid_minor >= total", "paid_minor > total"),
        ("a bucket begins a day early", "+ BUCKET_DAYS - 1", "+ BUCKET_DAYS"),
        ("a bucket begins a day late", "+ BUCKET_DAYS - 1", "+ BUCKET_DAYS - 2"),
        ("bucket by calendar days", "bucket(counted)", "bucket(dpd)"),
        ("grade >= becomes >", "if dpd >= first", "if dpd > first or first == 0"),
        (
            "grade by counted days",
            "class5(dpd, as_of), oldest_unpaid_date=oldest",
            "class5(counted, as_of), oldest_unpaid_date=oldest",
        ),
        ("thresholds of 2023 a day late", "date(2023, 7, 1)", "date(2023, 7, 2)"),
        ("doubtful a day late", "(271,", "(272,"),
        ("loss a day late", "(271, 'doubtful'), (361,", "(271, 'doubtful'), (362,"),
        ("no grace", "- loan.terms.grace_days", ""),
        ("no pause", "- paused", ""),
        ("a clock below 0", "max(dpd - loan.terms.grace_days - paused, 0)", "dpd - paused"),
        ("a status speaks a day longer", "SNAPSHOT_DAYS = 45", "SNAPSHOT_DAYS = 46"),
        ("a status speaks a day shorter", "SNAPSHOT_DAYS = 45", "SNAPSHOT_DAYS = 44"),
        ("a status of 0 means closed", "latest.reported_dpd < 0", "latest.reported_dpd <= 0"),
        ("the oldest status speaks", "max(recent", "min(recent"),
        ("closed loans stay", "or seen.status == 'closed'", ""),
        ("written-off loans go", "seen.status == 'closed'", "seen.status != 'open'"),
        ("opened today is too early", "opened_date > as_of", "opened_date >= as_of"),
        (
            "overpaid is negative",
            "max(principal_ever + due_beside_principal - paid, 0)",
            "principal_ever + due_beside_principal - paid",
        ),
        (
            "interest not yet due is outstanding",
            "for i in state.due",
            "for i in loan.instalments",
        ),
    ],
    "case": [
        ("calendar days lead", "-a.counted_dpd, -a.dpd", "-a.dpd, -a.counted_dpd"),
        ("the largest amount leads", "-a.counted_dpd, -a.dpd, ", ""),
        ("the last id leads", "min(overdue, key", "max(reversed(overdue), key"),
        (
            "only overdue loans are summed",
            "a.outstanding_minor or 0 for a in loans",
            "a.outstanding_minor or 0 for a in overdue",
        ),
    ],
    "promise": [
        ("the day it was made counts", "promise.made_date <", "promise.made_date <="),
        (
            "a payment a day late keeps it",
            "p.value_date <= promise.last_date",
            "p.value_date <= promise.last_date + timedelta(days=1)",
        ),
        ("a cent keeps two promises", "standing[p.payment_id] -= share", "pass"),
        ("the later promise is served first", "w.last_date, w.made_date, ", ""),
        ("a reversal leaves it kept", "standing[p.reverses_id] += p.amount_minor", "pass"),
        ("it breaks a day late", "as_of < promise.last_date", "as_of <= promise.last_date"),
        ("no tolerance days", "days=self.tolerance_days", "days=0"),
    ],
}
EACH = [
    pytest.param(module, old, new, id=fault)
    for module, faults in MUTANTS.items()
    for fault, old, new in faults
]


def planted(monkeypatch, module, old, new) -> dict[str, ModuleType]:
    """Core's modules made anew from their source, one of them with a fault."""
    made = {}
    for name in IN_ORDER:
        written = (SOURCE / f"{name}.py").read_text(encoding="utf-8")
        text = ast.unparse(ast.parse(written))  # however it is laid out
        if name == module:
            assert old in text, f"{module}.py does not say it any more: {old}"
            text = text.replace(old, new)
        made[name] = ModuleType(f"arrears.core.{name}")
        monkeypatch.setitem(sys.modules, f"arrears.core.{name}", made[name])
        exec(compile(text, f"planted {name}", "exec"), made[name].__dict__)
    return made


def remade(value, core):
    """A record with all it holds, as the records of another core."""
    if type(value) is tuple:
        return tuple(remade(v, core) for v in value)
    named = getattr(value, "_fields", None) or (
        [f.name for f in fields(value)] if is_dataclass(value) else None
    )
    if named is None:
        return value
    own = {name: remade(getattr(value, name), core) for name in named}
    name = type(value).__module__.rpartition(".")[2]
    kind = getattr(core[name], type(value).__name__) if name in core else type(value)
    return kind(**own)


def caught_by(core):
    """The worked tables that core does not give."""
    for table in TABLES:
        anew = remade(table, core)
        for line, told in zip(anew.lines, table.lines, strict=True):
            if by_core(anew, line, core) != told.figures:
                yield table.title


def test_core_made_anew_without_a_fault_gives_every_table(monkeypatch):
    assert list(caught_by(planted(monkeypatch, "", "", ""))) == []


@pytest.mark.parametrize(("module", "old", "new"), EACH)
def test_a_planted_fault_is_caught_by_a_worked_table(monkeypatch, module, old, new):
    assert next(caught_by(planted(monkeypatch, module, old, new)), None)
