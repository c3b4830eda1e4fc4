"""Made-up points of a real book: the same each time, nobody's, and of a source only where one is stated."""

from datetime import date

import pyarrow.parquet as pq
import pytest

from arrears.core.tables import MADE_UP
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Institution
from arrears.synth.points import NoSource, make_points

BANK = Institution('The "first" bank', "Europe/Prague", "CZK")
DAY = date(1993, 12, 31)


def made(folder, borrowers, seed=1, source=""):
    make_points(folder, borrowers, institution=BANK, seed=seed, known_date=DAY, source=source)
    return pq.read_table(folder / "contact_points.parquet").to_pylist()


def test_a_borrowers_points_hang_on_the_seed_and_on_nobody_else(tmp_path):
    alone = made(tmp_path, ["7"])
    among = made(tmp_path, ["9", "7", "8", "7"])
    assert [row for row in among if row["borrower_id"] == "7"] == alone
    assert made(tmp_path, ["7"], seed=2) != alone


def test_every_point_is_marked_and_leads_nowhere(tmp_path):
    rows = made(tmp_path, [str(n) for n in range(200)])
    assert len({row["point_id"] for row in rows}) == len(rows) > 220
    for row in rows:
        assert row["point_id"].startswith(MADE_UP)
        assert row["source"] is None
        nowhere = {"mobile": row["value"][:3] == "154", "email": row["value"].endswith(".invalid")}
        assert nowhere[row["kind"]]


@pytest.mark.parametrize("source", ["", "contract"])
def test_its_mapping_is_sound_and_belongs_to_the_institution(tmp_path, source):
    made(tmp_path, ["7"], source=source)
    read = read_mapping(str(tmp_path / "mapping.toml"))
    assert (read.institution.name, read.institution.zone, read.institution.currency) == (
        BANK.name,
        BANK.zone,
        BANK.currency,
    )
    text = (tmp_path / "mapping.toml").read_text(encoding="utf-8")
    assert ("phone_source" in text) == bool(source)


def test_a_source_that_is_not_lawful_is_refused(tmp_path):
    with pytest.raises(NoSource):
        made(tmp_path, ["7"], source="bought")
    assert not (tmp_path / "contact_points.parquet").exists()
