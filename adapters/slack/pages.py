"""Pages around an installation, as plain HTML that loads nothing; it must not know what they say or why."""

from __future__ import annotations

from html import escape
from typing import Final

from aiohttp import web

from bot.core.compose.arrival import Page

STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;color:#1d1c1d;"
    "background:#fff}h1{font-size:1.5rem}dt{font-family:ui-monospace,monospace;margin-top:.6rem}dd{margin:0}"
    "a{display:inline-block;margin:.5rem 0 1rem;padding:.7rem 1.1rem;border-radius:.4rem;background:#1d1c1d;"
    "color:#fff;text-decoration:none}a:focus{outline:3px solid #1264a3;outline-offset:2px}"
    "@media(prefers-color-scheme:dark){body{background:#1a1d21;color:#e8e8e8}a{background:#e8e8e8;color:#1a1d21}}"
)
HEADERS: Final = {
    "Cache-Control": "no-store",
    # Nothing is loaded and nobody may frame it; the address of the way back holds a code, so it is told to nobody.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def response(page: Page, *, status: int = 200) -> web.Response:
    """The page as an answer."""
    return web.Response(status=status, text=html(page), content_type="text/html", headers=HEADERS)


def html(page: Page) -> str:
    """The whole document; every text in it is escaped."""
    title = escape(page.title)
    lines = "".join(f"<p>{escape(line)}</p>" for line in page.lines)
    reasons = "".join(f"<dt>{escape(what)}</dt><dd>{escape(why)}</dd>" for what, why in page.reasons)
    words, address = page.link
    link = f'<a href="{escape(address)}">{escape(words)}</a>' if address else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{title}</h1>{lines}{link}{f'<dl>{reasons}</dl>' if reasons else ''}</main></body></html>"
    )
