"""Core with one fault planted is caught by the worked tables: they say enough to hold it in place."""

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

# What the fault is, the module, what stands there, what is planted instead.
MUTANTS = [
    ("tolerance > becomes >=", "allocation",
     "missing > self.terms.tolerance(", "missing >= self.terms.tolerance("),
    ("no tolerance", "allocation", "> self.terms.tolerance(self.due[at].seq)", "> 0"),
    ("tolerance does not grow", "loan", '(seq if self.tolerance_per == "instalment" else 1)', "1"),
    ("tolerance of the whole loan ignored", "delinquency",
     "total - loan.terms.tolerance(last)", "total"),
    ("paid in full >= becomes >", "delinquency", "paid_minor >= total", "paid_minor > total"),
    ("as_of dropped", "loan",
     "p.value_date <= as_of and p.known_date <= known_on", "p.known_date <= known_on"),
    ("as_of <= becomes <", "loan", "if p.value_date <= as_of and", "if p.value_date < as_of and"),
    ("known_on dropped", "loan",
     "p.value_date <= as_of and p.known_date <= known_on", "p.value_date <= as_of"),
    ("known_on <= becomes <", "loan", "and p.known_date <= known_on\n", "and p.known_date < known_on\n"),
    ("known_on of a status dropped", "loan",
     "s.snapshot_date <= as_of and s.known_date <= known_on", "s.snapshot_date <= as_of"),
    ("bucket a day early", "delinquency", "+ BUCKET_DAYS - 1)", "+ BUCKET_DAYS)"),
    ("bucket a day late", "delinquency", "+ BUCKET_DAYS - 1)", "+ BUCKET_DAYS - 2)"),
    ("bucket by calendar days", "delinquency", "bucket=bucket(counted)", "bucket=bucket(dpd)"),
    ("grade >= becomes >", "delinquency", "if dpd >= first", "if dpd > first"),
    ("grade by counted days", "delinquency", "class5=class5(dpd, as_of),\n        oldest_unpaid_date=oldest",
     "class5=class5(counted, as_of),\n        oldest_unpaid_date=oldest"),
    ("thresholds of 2023 a day late", "delinquency", "date(2023, 7, 1)", "date(2023, 7, 2)"),
    ("doubtful a day late", "delinquency", "(271,", "(272,"),
    ("loss a day late", "delinquency", '(271, "doubtful"), (361,', '(271, "doubtful"), (362,'),
    ("no grace", "delinquency", "- loan.terms.grace_days", ""),
    ("no pause", "delinquency", "- paused, 0", ", 0"),
    ("counted days below 0", "delinquency",
     "max(dpd - loan.terms.grace_days - paused, 0)", "dpd - loan.terms.grace_days - paused"),
    ("the due day always counts", "allocation", 'if dpd_start == "due_day" else 0', "if True else 0"),
    ("the due day never counts", "allocation", '(1 if dpd_start == "due_day" else 0)', "0"),
    ("a status speaks a day longer", "delinquency", "SNAPSHOT_DAYS = 45", "SNAPSHOT_DAYS = 46"),
    ("a status speaks a day shorter", "delinquency", "SNAPSHOT_DAYS = 45", "SNAPSHOT_DAYS = 44"),
    ("a negative status stays", "delinquency", "latest is None or latest.reported_dpd < 0",
     "latest is None"),
    ("the oldest status speaks", "delinquency",
     "max(recent, key", "min(recent, key"),
    ("closed loans stay", "delinquency", ' or seen.status == "closed"', ""),
    ("written-off loans go", "delinquency", 'seen.status == "closed"', 'seen.status != "open"'),
    ("a loan opened today is not there", "delinquency",
     "seen.opened_date > as_of", "seen.opened_date >= as_of"),
    ("overpaid is negative", "delinquency",
     "max(principal_ever + due_beside_principal - paid, 0)",
     "principal_ever + due_beside_principal - paid"),
    ("interest not yet due is outstanding", "delinquency", "for i in state.due)",
     "for i in loan.instalments)"),
    ("per instalment reversed", "allocation",
     "left = self._pour(payment_id, day, minor, (FEE, INTEREST, PRINCIPAL))",
     "left = self._pour(payment_id, day, minor, (PRINCIPAL, INTEREST, FEE))"),
    ("fees first reversed", "allocation",
     "left = self._pour_by_part(payment_id, day, minor, (FEE, INTEREST, PRINCIPAL))",
     "left = self._pour_by_part(payment_id, day, minor, (PRINCIPAL, INTEREST, FEE))"),
    ("newest instalment first", "allocation",
     "for at in range(self.first_open, len(self.unpaid)):\n            if not minor",
     "for at in reversed(range(self.first_open, len(self.unpaid))):\n            if not minor"),
    ("a card turns a day early", "allocation", "CARD_TURNS_ON_DAY = 91", "CARD_TURNS_ON_DAY = 90"),
    ("a card turns a day late", "allocation", "CARD_TURNS_ON_DAY = 91", "CARD_TURNS_ON_DAY = 92"),
    ("a card never turns", "allocation", "turned = self.dpd(day) >= CARD_TURNS_ON_DAY",
     "turned = False"),
    ("the bank's split ignored", "allocation", 'self.terms.order == "as_booked"', "False"),
    ("what a split leaves over is lost", "allocation",
     "self._pour_in_order(payment.payment_id, payment.value_date, left)",
     "self._pour_in_order(payment.payment_id, payment.value_date, "
     'left if self.terms.order != "as_booked" else 0)'),
    ("early money is lost", "allocation", "self.credit.append((payment_id, left))", "pass"),
    ("paid before due on one day", "allocation", "dues[next_due].due_date == day:",
     "dues[next_due].due_date == day and not any(p.value_date == day for p in payments):"),
    ("a reversal undoes the past", "allocation",
     "payments if p.reverses_id is not None and p.value_date <= at})", "payments if False})"),
    ("a reversal counts a day late", "loan", "    standing = [p for p in payments if p.value_date <= at]",
     "    standing = [p for p in payments if p.value_date <= at "
     "and (p.value_date < at or p.reverses_id is None)]"),
    ("a part taken back is the whole", "loan", "elif left > 0:", "elif False:"),
    ("charges begin a day early", "allocation", "Accrual(day, until,",
     "Accrual(date.fromordinal(day.toordinal() - 1), until,"),
    ("charges end a day early", "allocation", "if n + 1 < len(days) else upto",
     "if n + 1 < len(days) else date.fromordinal(upto.toordinal() - 1)"),
    ("penalty on interest too", "allocation",
     "a.principal_minor * (penalty", "(a.principal_minor + a.interest_minor) * (penalty"),
    ("compound on principal", "allocation", "a.interest_minor * (compound", "a.principal_minor * (compound"),
    ("a rate holds a day late", "interest", "if r.from_date <= day)", "if r.from_date < day)"),
    ("no cap", "interest", "bps if cap_bps is None else min(bps, cap_bps)", "bps"),
    ("a year of 365 always", "interest", '"act_360": 360', '"act_360": 365'),
    ("index to nine decimals", "interest", "INDEX_DIGITS = 10", "INDEX_DIGITS = 9"),
    ("index cut off", "interest", "(2 * bps_days * _SCALE + year)", "(2 * bps_days * _SCALE)"),
    ("charges cut off", "interest", "round_half_up(Fraction(scaled, _SCALE))", "scaled // _SCALE"),
    ("calendar days lead a case", "case", "(-a.counted_dpd, -a.dpd,", "(-a.dpd, -a.counted_dpd,"),
    ("the largest amount leads a case", "case",
     "(-a.counted_dpd, -a.dpd, -(a.overdue_minor or 0), a.loan_id)",
     "(-(a.overdue_minor or 0), a.loan_id)"),
    ("only overdue loans are summed", "case",
     "outstanding_minor=sum(a.outstanding_minor or 0 for a in loans)",
     "outstanding_minor=sum(a.outstanding_minor or 0 for a in overdue)"),
    ("a payment of the day keeps a promise", "promise",
     "promise.made_date < p.value_date", "promise.made_date <= p.value_date"),
    ("a payment a day late keeps a promise", "promise", "p.value_date <= promise.last_date",
     "p.value_date <= promise.last_date + timedelta(days=1)"),
    ("a cent keeps two promises", "promise", "standing[p.payment_id] -= share", "pass"),
    ("the later promise is served first", "promise",
     "key=lambda w: (w.last_date, w.made_date, w.promise_id)", "key=lambda w: w.promise_id"),
    ("a reversal leaves a promise kept", "promise",
     "standing[p.reverses_id] += p.amount_minor", "pass"),
    ("a promise breaks a day late", "promise",
     "if as_of < promise.last_date:", "if as_of <= promise.last_date:"),
    ("no tolerance days", "promise", "timedelta(days=self.tolerance_days)", "timedelta(days=0)"),
]  # fmt: skip


def planted(monkeypatch, module, old, new) -> dict[str, ModuleType]:
    """Core's modules made anew from their source, one of them with a fault."""
    made = {}
    for name in IN_ORDER:
        text = (SOURCE / f"{name}.py").read_text(encoding="utf-8")
        if name == module:
            assert text.count(old) == 1, f"{module}.py says it {text.count(old)} times: {old}"
            text = text.replace(old, new)
        made[name] = ModuleType(f"arrears.core.{name}")
        monkeypatch.setitem(sys.modules, f"arrears.core.{name}", made[name])
        exec(compile(text, f"planted {name}", "exec"), made[name].__dict__)
    return made


def remade(value, core):
    """A record with all it holds, as the records of another core."""
    if isinstance(value, tuple):
        return tuple(remade(v, core) for v in value)
    if not is_dataclass(value):
        return value
    own = {f.name: remade(getattr(value, f.name), core) for f in fields(value)}
    name = type(value).__module__.rpartition(".")[2]
    kind = getattr(core[name], type(value).__name__) if name in core else type(value)
    return kind(**own)


def caught_by(core):
    """The worked tables that core does not give."""
    for table in TABLES:
        anew = remade(table, core)
        for line, told in zip(anew.lines, table.lines, strict=True):
            expected = told.figures
            if told.about == "case":
                expected = {k: v for k, v in told.figures.items() if k != "borrower_kind"}
            try:
                if by_core(anew, line, core) != expected:
                    yield table.title
            except (ArithmeticError, LookupError, TypeError, ValueError):
                yield table.title


def test_core_made_anew_without_a_fault_gives_every_table(monkeypatch):
    assert list(caught_by(planted(monkeypatch, "", "", ""))) == []


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [pytest.param(*mutant[1:], id=mutant[0]) for mutant in MUTANTS],
)
def test_a_planted_fault_is_caught_by_a_worked_table(monkeypatch, module, old, new):
    assert next(caught_by(planted(monkeypatch, module, old, new)), None)
