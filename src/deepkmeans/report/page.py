"""The page as one text: template, style and script in one file, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources
from typing import Any

from ..inspection.formatting import number_text
from .sentences import Sentences

__all__ = ["render_page"]

#: In the order in which they run.
_PARTS = (
    "rows", "layouts", "colours", "points", "density", "placing", "names", "frame", "hovering", "moving", "selection",
    "comparison", "page",
)  # fmt: skip
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def render_page(document: dict[str, Any], sentences: Sentences) -> str:
    """The html of a document. Whatever it holds is escaped; style and script are those of this package alone."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(_file),
    )  # fmt: skip
    environment.filters.update(
        share=sentences.share, figure=number_text, title_of=_title_of, capital=_capital, sentence=_sentence
    )
    style, script = _file("style.css") + _file("media.css"), _script()
    policy = "; ".join((
        "default-src 'none'", f"script-src {_fingerprint(script)}", f"style-src {_fingerprint(style)}", "img-src data:",
        *(("media-src data:",) if document["plays"] else ()), "base-uri 'none'", "form-action 'none'",
    ))  # fmt: skip
    return environment.get_template("page.html.j2").render(
        document=document, words=sentences, lang=sentences.lang, policy=policy,
        # Nothing of the user's is in these three, or it is escaped: text that may stand in html as it is.
        style=Markup(style), script=Markup(script), data=Markup(_in_script(document["script"])),
    )  # fmt: skip


def _file(name: str) -> str:
    return (resources.files(__package__) / name).read_text("utf-8")


def _script() -> str:
    """The parts of the script in one function, so that they see one another and no one else does."""
    parts = "\n".join(_file(f"script/{name}.js") for name in _PARTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _fingerprint(text: str) -> str:
    """What a content security policy calls an inline text by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"


def _in_script(values: Any) -> str:
    """JSON that cannot end the element that it stands in."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_IN_SCRIPT)


def _title_of(place: int, document: dict[str, Any]) -> str:
    return str(document["clusters"][place]["title"])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    return _capital(text) + ("" if text.endswith((".", "!", "?")) else ".")
