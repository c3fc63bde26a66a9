"""Encodings: recognised by marks, zero bytes and what can be decoded; or as the caller says."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.data.files import read_table
from deepkmeans.exceptions import InvalidParameterError
from tests.unit.data.given_files import cells, file_of, refused

CHINESE = "姓名,城市,年龄\n张伟,北京,30\n王芳,上海,25\n李娜,广州,41\n"
JAPANESE = "なまえ,とし\nさくら,東京のまち\nケンジ,大阪\nアイ,キョウト\n"
GERMAN = "Größe,Straße,Maß\nklein,Müllerweg,1\ngroß,Öderplatz,2\nmäßig,Äußere Allee,3\n"
RUSSIAN = "имя,город\nИван,Москва\nОльга,Тула\n"
EUROPEAN = "naïve café,déjà vu\nœuvre,à la carte\nÉtat,señor\n"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (CHINESE, "gb18030", "GB 18030"), (CHINESE, "gbk", "GB 18030"), (JAPANESE, "cp932", "Shift-JIS"),
        (JAPANESE, "shift_jis", "Shift-JIS"), (GERMAN, "cp1252", "Windows-1252"), (GERMAN, "latin-1", "Windows-1252"),
        (EUROPEAN, "cp1252", "Windows-1252"), (CHINESE, "utf-16-le", "UTF-16-LE"), (CHINESE, "utf-16-be", "UTF-16-BE"),
        (RUSSIAN, "utf-16-le", "UTF-16-LE"),
    ],
)  # fmt: skip
def test_recognised_and_said(tmp_path: Path, text: str, encoding: str, name: str) -> None:
    names, *rows = [line.split(",") for line in text.splitlines()]
    table = read_table(file_of(tmp_path, text, encoding=encoding))
    assert table.feature_names == names
    assert [[str(cell) for cell in row] for row in table.X.to_numpy().tolist()] == rows
    assert name in table.notes[0] and "encoding=" in table.notes[0]


@pytest.mark.parametrize("text", ["name,price\nZoë,£1\nJosé,£2\n", "a,b\n1\u00a0234,x\n5\u00a0678,y\n", "é\nœuvre\n"])
def test_signs_and_accents_of_gb_18030(tmp_path: Path, text: str) -> None:
    table = read_table(file_of(tmp_path, text, encoding="gb18030"))
    assert "GB 18030" in table.notes[0]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp1250", "big5", "utf-7"])
def test_as_the_caller_says(tmp_path: Path, encoding: str) -> None:
    text = {"cp1250": "jméno,město\nJiří,Plzeň\n", "big5": "姓名,城市\n張偉,臺北\n"}.get(encoding, RUSSIAN)
    table = read_table(file_of(tmp_path, text, encoding=encoding), encoding=encoding, header=True)
    names, *rows = [line.split(",") for line in text.splitlines()]
    assert table.feature_names == names
    assert table.X.to_numpy().tolist() == rows
    assert table.notes == []


def test_wrong_ones(tmp_path: Path) -> None:
    path = file_of(tmp_path, GERMAN, encoding="latin-1")
    refused(path, "the text cannot be decoded", encoding="utf-8")
    for encoding in ("nope", "rot13", "hex"):
        refused(path, f"must be the name of an encoding. Got {encoding!r}", InvalidParameterError, encoding=encoding)


def test_a_letter_far_down_and_cut_in_two(tmp_path: Path) -> None:
    rows = "plain,1\n" * 200_000
    table = read_table(file_of(tmp_path, "名前,b\n" + rows + "終わり,2\n"))
    assert cells(table)["名前"][-1] == "終わり"
    for shift in range(3):
        table = read_table(file_of(tmp_path, "a,b\n" + " " * shift + rows + "終わり,2\n"))
        assert cells(table)["a"][-1] == "終わり"


@pytest.mark.parametrize(
    "rows",
    [["東京", "ｵｵｻｶ", "なごや"], ["東京都千代田区", "ﾖｺﾊﾏ", "札幌市"], ["とうきょう", "カタカナ", "札幌市"]],
)
def test_japanese_with_letters_of_half_width(tmp_path: Path, rows: list[str]) -> None:
    text = "a,都市\n" + "".join(f"{i},{rows[i % 3]}\n" for i in range(30))
    table = read_table(file_of(tmp_path, text, encoding="cp932"))
    assert cells(table)["都市"] == [rows[i % 3] for i in range(30)]
    assert "is read as Shift-JIS (Japanese)" in table.notes[0] and "cp1251" not in table.notes[0]


@pytest.mark.parametrize("text", ["ÄÖÜ,1\nÜß,2\n“Über”,3\n", "déjà,1\n‘São’,2\nÑuñoa,3\n"])
def test_accents_are_no_letters_of_half_width(tmp_path: Path, text: str) -> None:
    assert "Windows-1252" in " ".join(read_table(file_of(tmp_path, "a,b\n" + text, encoding="cp1252")).notes)
