"""A page to print: one HTML file that needs nothing else. Pure.

No script, no address but the link it is given, pictures within; the file forbids itself anything more.
"""

from collections.abc import Callable
from html import escape

HTML = "text/html"
WIDTH = 180  # millimetres: as wide as fits on A4 (210 mm) and on Letter (216 mm), whichever the printer has
STYLE = f"""
html {{ -webkit-text-size-adjust: 100%; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
body {{ max-width: {WIDTH}mm; margin: 0 auto; padding: 4mm; color: #111; background: #fff;
  font: 11pt/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }}
img {{ display: block; width: 100%; height: auto; image-rendering: pixelated; box-sizing: border-box; }}
section, figure, table, aside {{ break-inside: avoid; page-break-inside: avoid; }}
@media print {{ body {{ max-width: none; padding: 0; }} }}
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html_document(title: str, style: str, body: str) -> str:
    """The whole file. title and body: HTML already. style: what this page has beside `STYLE`."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def link_line(link: str) -> str:
    """Where to see it. A link of any other kind than to a website is shown, but leads nowhere."""
    link = "".join(letter for letter in link if letter.isprintable())
    text = escape(link)
    if link.lower().startswith(("http://", "https://")):
        text = f'<a href="{text}" rel="noopener noreferrer">{text}</a>'
    return f"Try it yourself: {text}" if link else ""


def utf8(make: Callable[..., str], *args: object) -> bytes:
    """What make(*args) returns, as the bytes of a file."""
    return make(*args).encode()
