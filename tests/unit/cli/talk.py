"""What the command said."""

from __future__ import annotations

import pytest


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]
