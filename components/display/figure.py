"""Figures to take away: marks (texts, rectangles, pictures) on white, written as SVG or painted as PNG. Pure.

Both are made of the same marks, so the two cannot differ.
"""

import re
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from components.display import image
from kernels.layer.spec import Bytes

MARGIN = 24
SHARP = 2  # pixels of the PNG for a unit of the figure
PAPER, INK, FAINT, LINE = "#ffffff", "#0e1015", "#555963", "#8b8d94"

# Pillow's font has hardly more than ASCII: F₁₁ is F11, 10⁹ is 10^9.
_PLAIN = str.maketrans("×−–₀₁₂₃₄₅₆₇₈₉⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "x--0123456789-0123456789")


@dataclass(frozen=True, slots=True)
class Text:
    """Words at (x, y), the middle of the first letter's foot or, centred, of the whole line."""

    x: float
    y: float
    text: str
    size: float = 13.0
    colour: str = INK
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A filled cell with a thin edge."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True, slots=True, eq=False)
class Bitmap:
    """A picture (h, w, 3) stretched over a rectangle, pixel by pixel."""

    x: float
    y: float
    width: float
    height: float
    pixels: Bytes


Mark = Text | Rectangle | Bitmap


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Marks on a white ground."""

    width: int
    height: int
    title: str
    about: str
    marks: tuple[Mark, ...]


def figure_markup(figure: Figure) -> str:
    """The figure as XML: pictures within it, text as text, nothing that runs and nothing to fetch."""
    marks = "\n".join(map(_element, figure.marks))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="{figure.width}" height="{figure.height}" \
viewBox="0 0 {figure.width} {figure.height}" role="img" font-family="system-ui, Helvetica, Arial, sans-serif">
<title>{escape(figure.title)}</title>
<desc>{escape(figure.about)}</desc>
<rect width="100%" height="100%" fill="{PAPER}"/>
{marks}
</svg>
"""


def _element(mark: Mark) -> str:
    if isinstance(mark, Text):
        anchor = ' text-anchor="middle"' if mark.centred else ""
        place = f'x="{mark.x:g}" y="{mark.y:g}" font-size="{mark.size:.3g}" fill="{mark.colour}"'
        return f"<text {place}{anchor}>{escape(mark.text)}</text>"
    place = f'x="{mark.x:g}" y="{mark.y:g}" width="{mark.width:g}" height="{mark.height:g}"'
    if isinstance(mark, Rectangle):
        return f'<rect {place} fill="{mark.fill}" stroke="{LINE}" stroke-width="0.5"/>'
    drawn = 'preserveAspectRatio="none" style="image-rendering: pixelated"'
    return f'<image {place} {drawn} href="{image.png_url(mark.pixels)}"/>'


def ascii_text(text: str) -> str:
    """The text in the letters that Pillow's font has."""
    return re.sub("([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", r"^\1", text).translate(_PLAIN).encode("ascii", "replace").decode()


def figure_bitmap(figure: Figure) -> bytes:
    """The figure as a PNG."""
    sheet = Image.new("RGB", (figure.width * SHARP, figure.height * SHARP), PAPER)
    pen = ImageDraw.Draw(sheet)
    for mark in figure.marks:
        if isinstance(mark, Text):
            font = ImageFont.load_default(mark.size * SHARP)
            anchor = "ms" if mark.centred else "ls"
            pen.text((mark.x * SHARP, mark.y * SHARP), ascii_text(mark.text), mark.colour, font, anchor)
            continue
        x, y = round(mark.x * SHARP), round(mark.y * SHARP)
        width, height = (
            max(1, round((mark.x + mark.width) * SHARP) - x),
            max(1, round((mark.y + mark.height) * SHARP) - y),
        )
        if isinstance(mark, Rectangle):
            pen.rectangle((x - 1, y - 1, x + width, y + height), mark.fill, LINE)
        else:
            shrinks = width < mark.pixels.shape[1] or height < mark.pixels.shape[0]
            method = Image.Resampling.BOX if shrinks else Image.Resampling.NEAREST
            sheet.paste(Image.fromarray(mark.pixels).resize((width, height), method), (x, y))
    return image.png_bytes(np.asarray(sheet))
