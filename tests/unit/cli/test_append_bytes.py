"""--append changes nothing of the input: without the cells that it adds, its bytes are those of the input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deepkmeans.cli import main

K_MEANS = ("-k", "2", "--partition", "k-means", "--device", "cpu", "--quiet")
ROWS = [f"{i % 2 * 9 + i / 50:.2f},{'red' if i % 2 else 'blue'},{i % 4 + 5}" for i in range(30)]
TABLE = "\n".join(["size,colour,n", *ROWS]) + "\n"
QUOTED = TABLE.replace("red", '"a ""red"", one"').replace("blue", '"two\nlines\n\n"')

TEXTS: dict[str, str] = {
    "plain": TABLE, "crlf": TABLE.replace("\n", "\r\n"), "cr": TABLE.replace("\n", "\r"), "no end": TABLE[:-1],
    "blank lines": "\n\n" + TABLE.replace("0.08", "\n  \n0.08") + "\n\n", "quotes": QUOTED,
    "quotes, crlf": QUOTED.replace("\n", "\r\n"), "all quoted": re.sub(r"[^,\n]+", r'"\g<0>"', TABLE),
    "comments": "# by x\n" + TABLE.replace("0.08", "# more\n0.08"), "a title": "Of 2024\n\n" + TABLE,
    "units": TABLE.replace("\n", "\ncm,,-\n", 1), "a total": TABLE + "Total,,45\n", "blanks": TABLE.replace(",", ", "),
    "a formula": TABLE.replace("red", "=1+cmd()"), "semicolons": TABLE.replace(",", ";").replace(".", ","),
    "a hole": TABLE.replace("0.08,blue,5", ",,").replace("9.06,red,8", "9.06,red"),
    "names again": TABLE.replace("0.08", "size,colour,n\n0.08"),
    "a rule": TABLE.replace("\n", "\n---|---|---\n", 1).replace(",", "|"),
    "no names": TABLE.partition("\n")[2], "tabs": TABLE.replace(",", "\t"),
}  # fmt: skip


def appended(data: Path, out: Path) -> bytes:
    assert main(["fit", str(data), *K_MEANS, "--out", str(out.parent / "run"), "--append", str(out)]) == 0
    return out.read_bytes()


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_table(tmp_path: Path, name: str) -> None:
    text, mark = TEXTS[name], {"semicolons": ";", "tabs": "\t", "a rule": "|"}.get(name, ",")
    (tmp_path / "in.csv").write_bytes(text.encode())
    written = appended(tmp_path / "in.csv", tmp_path / "out.csv").decode()
    cell = rf"{re.escape(mark)}(cluster|[01]?)(?=[\r\n]|$)"
    given = text.replace("9.06,red\n", "9.06,red,\n")  # a row with fewer cells than the names
    lines = written.split("\n") if name != "cr" else written.split("\r")
    assert sum(re.search(cell, line) is not None for line in lines) >= 30
    assert len(re.findall(cell, written)) == 30 + (name != "no names")
    assert re.sub(cell, "", written) == given


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1252", "gb18030"])
def test_its_encoding(tmp_path: Path, encoding: str) -> None:
    other = "名字和颜色" if encoding == "gb18030" else "é"
    text = TABLE.replace("red", other)
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    (tmp_path / "in.csv").write_bytes(mark + text.encode(encoding))
    written = appended(tmp_path / "in.csv", tmp_path / "out.csv")
    decoded = written.removeprefix(mark).decode(encoding)
    assert re.sub(r",(cluster|[01])(?=\n)", "", decoded) == text
    assert written == mark + decoded.encode(encoding)


@pytest.mark.parametrize("every", [True, False])
def test_a_separator_at_the_end(tmp_path: Path, every: bool) -> None:
    text = TABLE.replace("\n", ",\n") if every else TABLE.replace("\n", ",\n").replace(",\n", "\n", 1)
    (tmp_path / "in.csv").write_text(text)
    lines = appended(tmp_path / "in.csv", tmp_path / "out.csv").decode().splitlines()
    assert lines[0] == f"size,colour,n,cluster{',' * every}"
    assert all(re.fullmatch(rf"{re.escape(row)},[01],", line) for row, line in zip(ROWS, lines[1:], strict=True))


def test_blanks_between_cells(tmp_path: Path) -> None:
    text = TABLE.replace(",", "  ")
    (tmp_path / "in.txt").write_text(text)
    written = appended(tmp_path / "in.txt", tmp_path / "out.txt").decode()
    assert re.sub(r" (cluster|[01])(?=\n)", "", written) == text


def test_texts_with_blank_lines(tmp_path: Path) -> None:
    lines = ["", *(f"about {'a cat' * (i % 3)} {'milk' if i % 2 else 'cars, roads'}" for i in range(20)), "", " a cat "]
    (tmp_path / "in.txt").write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    written = appended(tmp_path / "in.txt", tmp_path / "out.csv").decode("utf-8-sig")
    without = re.sub(r",([01]?|cluster)(?=\r\n)", "", written).replace('"', "")
    assert without == "\r\n".join(["text", *lines, ""])


RECORDS: list[dict[str, Any]] = [{"size": i % 2 * 9 + i / 50, "tag": ["x", "y"][i % 2], "é": None} for i in range(30)]
SHAPES = {
    "lines": "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS),
    "lines, crlf, blank": "\r\n\r\n".join(json.dumps(record, separators=(",", ":")) for record in RECORDS),
    "array": json.dumps(RECORDS), "indented": json.dumps(RECORDS, indent=2, ensure_ascii=False) + "\n",
    "columns": json.dumps({key: [record[key] for record in RECORDS] for key in RECORDS[0]}, ensure_ascii=False),
    "rows": json.dumps([[*record.values()][:2] for record in RECORDS]),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_json(tmp_path: Path, shape: str, mark: str) -> None:
    text, suffix = mark + SHAPES[shape], "jsonl" if "lines" in shape else "json"
    (tmp_path / f"in.{suffix}").write_bytes(text.encode())
    written = appended(tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}").decode()
    pattern = r", [01](?=\])" if shape == "rows" else r',\s+"cluster": (\[[01, ]+\]|[01])(?=\s*\})'
    again, count = re.subn(pattern, "", written)
    assert again == text and count == (1 if shape == "columns" else 30)


def test_json_of_another_shape(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(SHAPES["array"])
    appended(tmp_path / "in.json", tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    (tmp_path / "in.jsonl").write_text(SHAPES["lines"])
    (tmp_path / "other").mkdir()
    assert json.loads(appended(tmp_path / "in.jsonl", tmp_path / "other" / "out.json")) == lines
    assert [{key: line[key] for key in RECORDS[0]} for line in lines] == RECORDS


@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_schemas_stay(tmp_path: Path, suffix: str) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    table = pa.table(
        {"size": pa.array([record["size"] for record in RECORDS], pa.float32()),
         "tag": pa.array([record["tag"] for record in RECORDS]).dictionary_encode(),
         "when": pa.array(range(30), pa.timestamp("ms", tz="Europe/Berlin"))},
    ).replace_schema_metadata({"by": "x"})  # fmt: skip
    if suffix == "parquet":
        pq.write_table(table, tmp_path / "in.parquet")
    else:
        with pa.ipc.new_file(tmp_path / "in.feather", table.schema) as writer:
            writer.write_table(table)
    appended(tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}")
    if suffix == "parquet":
        written = pq.read_table(tmp_path / "out.parquet")
    else:
        with pa.ipc.open_file(tmp_path / "out.feather") as stored:
            written = stored.read_all()
    assert written.schema.remove(3).equals(table.schema, check_metadata=suffix == "feather")
    assert written.schema.metadata[b"by"] == b"x" and written.drop(["cluster"]).equals(table)
