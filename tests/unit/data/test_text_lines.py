r"""Only ``\n``, ``\r`` and ``\r\n`` end a line: no row is lost behind another mark, and no line is counted for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.data.files import read_labels, read_table
from deepkmeans.data.text_lines import split_lines
from deepkmeans.exceptions import InvalidDataError

MARKS = ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


def _file(folder: Path, text: str) -> Path:
    (folder / "x.csv").write_bytes(text.encode())
    return folder / "x.csv"


@pytest.mark.parametrize("mark", MARKS)
def test_a_row_behind_another_mark_is_never_lost(mark: str, tmp_path: Path) -> None:
    lost = (
        f"a{mark}1\n2\n3\n", f"a,b{mark}1,2\n3,4\n5,6\n", f"1,2{mark}3,4\n5,6\n7,8\n", f"a,b{mark}1,2{mark}3,4",
        f"a;b{mark}1,5;2\n3,5;4\n5;6\n", f"\n\na{mark}1\r\n2\r\n3\r\n", f"a{mark}{mark}1\n2\n3\n",
    )  # fmt: skip
    for text in lost:
        with pytest.raises(InvalidDataError, match=rf"values after the character U\+{ord(mark):04X}, which does not"):
            read_table(_file(tmp_path, text))
    with pytest.raises(InvalidDataError, match="line 1 continues with values"):
        read_labels(_file(tmp_path, f"class,b{mark}1,2\n3,4\n5,6\n"))
    with pytest.raises(InvalidDataError, match="line 2 has 3 cells"):
        read_table(_file(tmp_path, f"a,b\n1,2{mark}3,4\n5,6\n7,8\n"))


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_mark_at_the_end_or_in_a_name_costs_no_row(mark: str, end: str, tmp_path: Path) -> None:
    for header in (f"a,b{mark}", f"a,b{mark}(cm)", f'a,"b{mark}(2)"', f"{mark}a,b", f"a{mark},b"):
        text = end.join([header, "1,2", "3,4", "5,6", ""])
        table = read_table(_file(tmp_path, text))
        assert table.X.tolist() == [[1, 2], [3, 4], [5, 6]]
        assert table.feature_names is not None and table.feature_names[0] == "a"
    table = read_table(_file(tmp_path, end.join([f"a,b{mark}", "1,2", f"3,4{mark}", "5,x", ""])))
    assert table.X.iloc[:, 0].tolist() == [1, 3, 5] and table.X.iloc[:, 1].tolist()[2] == "x"


@pytest.mark.parametrize("mark", MARKS)
def test_the_last_line_is_whole(mark: str, tmp_path: Path) -> None:
    rows = "".join(f"{i % 7},{i % 5}\n" for i in range(9))
    table = read_table(_file(tmp_path, f"a,b\n{rows}1,4{mark}"))
    assert table.X.shape == (10, 2) and not table.warnings
    assert split_lines(f"a{mark}b\nc\r\nd\re") == [f"a{mark}b", "c", "d", "e"]
