"""Parts: the good rows of a table become sorted Parquet files, the same bytes for the same rows."""

from collections.abc import Iterator
from pathlib import Path

from arrears.core.tables import PROVENANCE, Table
from arrears.feeds.plan import quoted
from arrears.lake.book import WHOLE, Part
from arrears.lake.duck import Connection, literal
from arrears.lake.files import sha256, sync_file, sync_folder
from arrears.lake.home import Home, bucket_sql

_PROVENANCE = tuple(column.name for column in PROVENANCE)
ORDER = {"payments": ("loan_id", "value_date", "payment_id")}


def write_parts(
    con: Connection, home: Home, table: Table, mode: str, buckets: int, number: int
) -> tuple[Part, ...]:
    """The good rows of `typed` lie in durable files that no manifest names yet.

    Of a snapshot each known day has files of its own, so that the latest can be read alone.
    """
    columns = quoted(*table.names, *_PROVENANCE)
    told = ", ".join(f't."{name}"' for name in (*table.names, *_PROVENANCE))
    order = ", ".join((*ORDER.get(table.name, table.key), "known_date"))  # no two rows are equal
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE good AS SELECT {told}, {_bucket(table, buckets)} AS _bucket "
        f"FROM typed t {_owner(table)} WHERE _fault IS NULL ORDER BY _bucket, {order}"
    )
    day = "known_date" if mode == "snapshot" else "NULL"
    groups = con.execute(
        f"SELECT _bucket, {day}::DATE, count(*), min(known_date)::VARCHAR, "
        "max(known_date)::VARCHAR FROM good GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    parts = []
    for bucket, known, rows, first, last in groups:
        where = f"_bucket = {bucket}" + (f" AND known_date = DATE '{known}'" if known else "")
        name = "all" if bucket == WHOLE else f"{bucket:03d}"
        path = f"book/{table.name}/known={first}/bucket={name}/{number:06d}.parquet"
        target = home.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        con.execute(
            f"COPY (SELECT {columns} FROM good WHERE {where}) "
            f"TO {literal(target)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )
        sync_file(target)
        parts.append(Part(table.name, path, bucket, rows, first, last, sha256(target)))
    con.execute("DROP TABLE good")
    for folder in {(home.path / part.path).parent for part in parts}:
        sync_folder(folder)
        sync_folder(folder.parent)
    return tuple(parts)


def sweep(home: Home, last: int) -> int:
    """What a killed load left of versions after the last sealed is gone; how many files it was."""
    left = [path for path in _numbered(home) if int(path.stem) > last]
    for path in left:
        path.unlink()
    return len(left)


def _numbered(home: Home) -> Iterator[Path]:
    return (path for path in home.book.glob("*/known=*/bucket=*/*.parquet") if path.stem.isdigit())


def _owner(table: Table) -> str:
    return (
        "LEFT JOIN owners o USING (loan_id)"
        if "loan_id" in table.names and table.name != "loans"
        else ""
    )


def _bucket(table: Table, buckets: int) -> str:
    if not table.owner:
        return f"{WHOLE}"
    if table.owner == "loan_id":
        return "o.bucket"
    own = bucket_sql("t.borrower_id", buckets)
    return f"coalesce({own}, o.bucket)" if _owner(table) else own
