"""What is said names a cure that works."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from deepkmeans.cli import main
from deepkmeans.cli.flags import in_flags_of_files, in_flags_of_fit
from deepkmeans.data.column_choice import ColumnChoice
from deepkmeans.data.file_kinds import check_file
from deepkmeans.data.files import read_table
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, OutputError
from deepkmeans.persistence import RunFolder


def test_one_row_without_names(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("C1,42,Rome\n")
    with pytest.raises(InvalidDataError) as caught:
        read_table(tmp_path / "x.csv", for_model=True)
    assert in_flags_of_files(str(caught.value)).endswith("(if the first line is one, as '42' suggests, --no-header)")
    (tmp_path / "x.csv").write_text("name,city\n")
    with pytest.raises(InvalidDataError, match="at least one row is needed$"):
        read_table(tmp_path / "x.csv")


def test_no_name_that_is_taken_is_suggested() -> None:
    choice = ColumnChoice("x.csv", ["name", "age"], for_model=True)
    with pytest.raises(InvalidParameterError, match="has no column 'age', which the model was fitted on"):
        choice.resolve(["name", "city"], 2)
    with pytest.raises(InvalidParameterError, match=r"no column 'age' \(did you mean 'aged'\?\)"):
        choice.resolve(["name", "aged"], 2)


@pytest.mark.parametrize("address", ["https://example.org/x.csv", "s3://bucket/x.parquet"])
def test_addresses_are_not_read(address: str) -> None:
    with pytest.raises(InvalidDataError, match="is an address, and addresses are not read; download the file"):
        check_file(Path(address))


def test_a_picture(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    with pytest.raises(InvalidDataError, match="is not a text table but a picture"):
        read_table(tmp_path / "x.csv")


def test_missing_cells_in_words_of_the_command() -> None:
    assert in_flags_of_files("Fill them, or use missing='impute'.") == "Fill them, or use --missing impute."
    assert in_flags_of_fit("Fill them, or use missing='impute'.") == "Fill them, or use fit --missing impute."


def test_a_place_where_nothing_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(OutputError, match="no permission to write"):
        RunFolder(tmp_path / "run").check()


def test_out_is_refused_before_data_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("a,b\n" + "1,2\n" * 9)
    (tmp_path / "file").write_text("")
    assert main(["fit", str(tmp_path / "x.csv"), "--out", str(tmp_path / "file" / "run")]) == 1
    said = capsys.readouterr().err
    assert "is not a folder" in said and "rows" not in said
