"""``--dry-run`` on what a fit takes, and on what it would refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deepkmeans.cli import main
from deepkmeans.estimators import new_encoder


@pytest.mark.parametrize("text", ["num\n1\n1\n1\n", "a,b\n1,2\n1,2\n"])
def test_one_distinct_row_is_estimated_as_it_is_fitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text(text)
    assert main(["fit", "rows.csv", "-k", "1", "--dry-run", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["plan"]["seconds"]) == {"the candidates", "clustering"}
    assert main(["fit", "rows.csv", "-k", "1", "--quiet"]) == 0


@pytest.mark.parametrize("more", [["--dry-run"], []])
def test_a_network_beyond_memory_is_refused_with_the_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(new_encoder, "free_memory", lambda: 2**30)
    Path("rows.csv").write_text("a,b,c\n" + "".join(f"{i},{i * i % 17},{i % 5}\n" for i in range(40)))
    assert main(["fit", "rows.csv", "-k", "2", "--embedding-dim", "1000000", *more]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "--embedding-dim is too large" in said and "bytes" in said and "1.0 GiB are free" in said
    assert not Path("run-rows").exists()
