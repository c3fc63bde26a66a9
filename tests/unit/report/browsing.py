"""A page in a browser that is driven by tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["CHROMIUM", "Opened", "launched"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The file of a browser; None where there is none.
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)

#: How long each frame's callback takes, put before the page's own script.
_TIMED = """
window.frames_ms = [];
const plain = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (run) => plain((now) => {
  const start = performance.now(); run(now); window.frames_ms.push(performance.now() - start);
});
"""


@contextmanager
def launched() -> Iterator[Any]:
    """A browser; needs playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as runtime:
        browser = runtime.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Opened:
    """A page, and everything that it asked for or complained of."""

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 860}, **options)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.add_init_script(_TIMED)
        self.page.goto(path.as_uri())
        self.settle()

    def _asked(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.said.append(f"request for {url}")

    def settle(self) -> None:
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def picture(self) -> bytes:
        """What the map shows."""
        self.settle()
        return bytes(self.page.evaluate("() => document.getElementById('points').toDataURL()"), "ascii")

    def middle(self) -> tuple[float, float]:
        box = self.page.locator("#stage").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, *steps: tuple[float, float]) -> None:
        x, y = self.middle()
        mouse = self.page.mouse
        mouse.move(x + steps[0][0], y + steps[0][1])
        mouse.down()
        for dx, dy in steps[1:]:
            mouse.move(x + dx, y + dy, steps=4)
        mouse.up()
        self.settle()
