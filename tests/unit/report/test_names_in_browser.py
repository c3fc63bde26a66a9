"""Names on the map and of the rows, in a browser: needs what the other tests of the page in a browser need."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.report.browsing import CHROMIUM, Opened
from tests.unit.report.pages import digit_page, foreign_page

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium in PATH, and CHROMIUM names none")


def test_names_stand_apart_and_beside_the_points(browser: Any, tmp_path: Path) -> None:
    """On a desk and on a phone: no name covers another, none leaves the map, and few pixels of one are points."""
    page = Opened(browser, digit_page(tmp_path / "page.html"))
    for width in (1280, 390):
        page.page.set_viewport_size({"width": width, "height": 800})
        page.page.wait_for_timeout(300)
        wide, high = (page.page.locator("#stage").bounding_box()[side] for side in ("width", "height"))
        places = json.loads(page.page.get_attribute("#names", "data-places"))
        assert len(places) >= 3
        for i, (left, top, across, down) in enumerate(places):
            assert left >= 0 and top >= 0 and left + across <= wide and top + down <= high
            for x, y, w, h in places[:i]:
                assert left >= x + w or x >= left + across or top >= y + h or y >= top + down
        covered = page.page.evaluate(
            """(places) => { const c = document.getElementById('points'), copy = document.createElement('canvas');
            [copy.width, copy.height] = [c.width, c.height];
            const d = copy.getContext('2d', { willReadFrequently: true });
            d.drawImage(c, 0, 0);
            const ratio = c.width / c.getBoundingClientRect().width;
            return places.map(([x, y, w, h]) => {
              const p = d.getImageData(x * ratio, y * ratio, w * ratio, h * ratio).data; let n = 0;
              for (let i = 0; i < p.length; i += 4) n += p[i] + p[i + 1] + p[i + 2] < 700;
              return n / (p.length / 4); }); }""",
            places,
        )
        assert float(np.median(covered)) < 0.1
        page.drag((0, 0), (60, 0))
        moved = json.loads(page.page.get_attribute("#names", "data-places"))
        assert moved[0][0] != places[0][0]
        page.page.click("#whole")
    assert page.said == []
    page.context.close()


def test_rows_are_called_by_their_names(browser: Any, tmp_path: Path) -> None:
    rows = np.random.RandomState(0).normal(size=(60, 2))
    names = [f"=K{row:03d}" for row in range(60)]  # a spreadsheet would run it
    page = Opened(browser, foreign_page(tmp_path / "page.html", rows, 2, row_names=names))
    page.page.fill("#find", "k017")
    page.page.keyboard.press("Enter")
    assert page.page.locator("#selection-rows th").all_inner_texts() == ["=K017"]
    with page.page.expect_download() as download:
        page.page.click("#export")
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert [line[0] for line in lines] == ["row", "'=K017"]
    page.page.focus("#stage")
    page.page.keyboard.press("ArrowLeft")
    assert "=K0" in page.page.locator("#tip").inner_text()
    assert page.said == []
    page.context.close()
