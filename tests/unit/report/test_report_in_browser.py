"""The page in a browser: what it does with mouse, wheel, touch and keyboard, and that it asks for nothing.

Needs playwright and axe-core, which the extra "dev" has, and Chromium: in PATH, or the file that CHROMIUM names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.report.browsing import CHROMIUM, Opened
from tests.unit.report.pages import digit_page, foreign_page, table_page, text_page

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium in PATH, and CHROMIUM names none")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {
        "table": table_page(folder / "table.html"), "zh": table_page(folder / "zh.html", lang="zh"),
        "digits": digit_page(folder / "digits.html"), "texts": text_page(folder / "texts.html"),
    }  # fmt: skip


@pytest.fixture
def opened(browser: Any, pages: dict[str, Path]) -> Iterator[Any]:
    made: list[Opened] = []

    def open_page(name: str, **options: Any) -> Opened:
        made.append(Opened(browser, pages[name], **options))
        return made[-1]

    yield open_page
    for one in made:
        assert one.said == []  # no message, no error, no request, whatever was done
        one.context.close()


@pytest.mark.parametrize("name", ["table", "zh", "digits", "texts"])
def test_the_page_is_drawn(opened: Any, name: str) -> None:
    page = opened(name)
    assert len(set(page.picture())) > 10
    colours = page.page.evaluate(
        "() => { const c = document.getElementById('points'); const d = c.getContext('2d').getImageData(0, 0, c.width,"
        " c.height).data; return new Set(new Uint32Array(d.buffer)).size; }"
    )
    assert colours > 10


def test_mouse_and_wheel(opened: Any) -> None:
    page = opened("table")
    whole = page.picture()
    page.drag((0, 0), (120, 60))
    moved = page.picture()
    assert moved != whole
    page.page.mouse.wheel(0, -400)
    closer = page.picture()
    assert closer != moved
    page.page.click("#whole")
    assert page.picture() == whole


def test_hover_shows_the_row(opened: Any) -> None:
    page = opened("table")
    x, y = page.middle()
    tip = page.page.locator("#tip")
    for dx in range(-340, 340, 12):
        page.page.mouse.move(x + dx, y + dx / 3)
        if tip.is_visible():
            break
    text = tip.inner_text()
    assert "Row" in text and "income" in text and "EUR" in text
    page.page.wait_for_timeout(400)
    assert "income" in page.page.locator("#said").inner_text()


def test_pictures_and_texts_are_shown(opened: Any) -> None:
    for name, wanted in (("digits", "canvas"), ("texts", "p + p")):
        page = opened(name)
        page.page.focus("#stage")
        page.page.keyboard.press("ArrowLeft")
        assert page.page.locator(f"#tip {wanted}").is_visible()


def test_keyboard(opened: Any) -> None:
    page = opened("table")
    page.page.focus("#stage")
    seen = {page.picture()}
    for key in ("ArrowLeft", "ArrowUp", "+", "-", "="):
        page.page.keyboard.press(key)
        seen.add(page.picture())
    assert len(seen) == 4  # the last two undo and repeat the one before
    page.page.wait_for_timeout(400)
    assert "Row" in page.page.locator("#said").inner_text()
    page.page.keyboard.press("Enter")
    assert page.page.locator("#selection-rows tr").count() > 10
    page.page.keyboard.press("Escape")
    assert not page.page.locator("#selection").is_visible()


def test_touch(opened: Any) -> None:
    page = opened("table", has_touch=True)
    whole = page.picture()
    session = page.context.new_cdp_session(page.page)
    x, y = page.middle()

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x + dx, "y": y + dy, "id": i} for i, (dx, dy) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", (0, 0))
    touch("touchMove", (80, 30))
    touch("touchEnd")
    moved = page.picture()
    assert moved != whole
    touch("touchStart", (-20, 0), (20, 0))
    for apart in (40, 80, 120):
        touch("touchMove", (-apart, 0), (apart, 0))
    touch("touchEnd")
    assert page.picture() != moved


@pytest.mark.parametrize("tool", ["box", "lasso"])
def test_a_selection_is_listed_and_exported(opened: Any, tool: str) -> None:
    page = opened("table")
    page.page.click(f"[data-tool={tool}]")
    page.drag((-340, -270), (340, -270), (340, 270), (-340, 270), *([] if tool == "lasso" else [(340, 270)]))
    listed = page.page.locator("#selection-rows tr").count()
    assert listed == 100
    with page.page.expect_download() as download:
        page.page.click("#export")
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert rows[0][:3] == ["row", "cluster", "confidence"] or rows[0][:2] == ["row", "cluster"]
    assert "income (EUR)" in rows[0] and len(rows) > 250
    incomes = np.asarray([float(row[rows[0].index("income (EUR)")]) for row in rows[1:]])
    assert 10_000 < np.median(incomes) < 100_000


def test_a_cluster_is_shown_alone_and_compared(opened: Any) -> None:
    page = opened("table")
    whole = page.picture()
    page.page.click("#legend button >> nth=1")
    assert page.page.get_attribute("#legend button >> nth=1", "aria-pressed") == "true"
    assert page.picture() != whole
    page.page.click("#clear")
    assert page.picture() == whole
    first = page.page.locator("#compared").inner_text()
    page.page.select_option("#second", "2")
    assert page.page.locator("#compared").inner_text() != first
    assert page.page.locator("#compared svg").count() >= 4


def test_rows_are_found_by_what_they_hold(opened: Any) -> None:
    page = opened("table")
    page.page.fill("#find", "lyon")
    page.page.keyboard.press("Enter")
    cells = page.page.locator("#selection-rows tr").all_inner_texts()
    assert len(cells) > 20 and all("Lyon" in row for row in cells)
    page.page.fill("#find", "no such thing")
    page.page.keyboard.press("Enter")
    assert not page.page.locator("#selection").is_visible()
    assert page.page.locator("#find-note").inner_text() == "No row on the map holds this."


def test_colours_layout_density_and_theme(opened: Any) -> None:
    page = opened("table")
    seen = [page.picture()]
    for value in page.page.eval_on_selector_all("#colour option", "all => all.map(o => o.value)")[1:]:
        page.page.select_option("#colour", value)
        seen.append(page.picture())
        assert page.page.locator("#scale").inner_text().strip()
    page.page.select_option("#layout", "1")
    seen.append(page.picture())
    page.page.click("#density")
    seen.append(page.picture())
    page.page.click("#theme")
    seen.append(page.picture())
    assert page.page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    assert len(set(seen)) == len(seen)


def test_panning_is_smooth(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The median of the frames: single ones wait for other processes of the machine."""
    monkeypatch.setattr("deepkmeans.report.map_coordinates._FEWEST_TSNE", 10**6)
    rows = np.random.RandomState(0).normal(size=(10_000, 3))
    page = Opened(browser, foreign_page(tmp_path / "large.html", rows, 8))
    page.page.evaluate("() => { window.frames_ms.length = 0; }")
    page.drag((0, 0), *((d, d / 2) for d in range(0, 200, 10)))
    frames = page.page.evaluate("() => window.frames_ms")
    assert len(frames) > 10
    assert float(np.median(frames)) < 100  # a frame takes under 16 ms on a machine that does nothing else
    assert page.said == []
    page.context.close()


@pytest.mark.parametrize(("name", "scheme"), [("table", "light"), ("digits", "light"), ("texts", "dark")])
def test_axe_finds_no_fault(browser: Any, pages: dict[str, Path], name: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.base", reason="axe-playwright-python is not installed")
    page = Opened(browser, pages[name], bypass_csp=True, color_scheme=scheme)
    page.page.evaluate(axe.AXE_SCRIPT)
    found = page.page.evaluate("() => axe.run(document)")["violations"]
    serious = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []
    page.context.close()


def test_nothing_is_wider_than_the_window(browser: Any, pages: dict[str, Path]) -> None:
    for name in ("table", "zh", "digits", "texts"):
        page = Opened(browser, pages[name])
        for width in (1280, 390, 320):
            page.page.set_viewport_size({"width": width, "height": 800})
            page.settle()
            assert page.page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.context.close()


def test_print_is_light_and_whole(browser: Any, pages: dict[str, Path], tmp_path: Path) -> None:
    page = Opened(browser, pages["table"], color_scheme="dark")
    page.page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert (tmp_path / "page.pdf").stat().st_size > 20_000
    page.page.emulate_media(media="print")
    assert page.page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.page.locator("#tools").is_visible()
    page.context.close()


def test_without_script_everything_else_is_there(browser: Any, pages: dict[str, Path]) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(pages["table"].as_uri())
    assert page.locator(".card .histogram").count() >= 4
    assert not page.locator("#tools").is_visible() and not page.locator("#comparison").is_visible()
    assert page.locator("noscript").count() == 1
