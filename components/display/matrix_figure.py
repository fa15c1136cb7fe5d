"""Matrices W as a figure to take away, each in the colours of its weights, with its counts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.display import image, theme
from components.display.diagram import Diagram
from components.display.figure import FAINT, MARGIN, PAPER, Bitmap, Figure, Mark, Rectangle, Text
from kernels.layer.spec import Bytes

SIDE, NARROW = 480, 240  # units: the longer side of a matrix alone, and of one among several
LETTER, LARGE = 7, 12  # units a letter of a caption and one of the title take, at most
TOP = 106


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """A matrix as a picture (h, w, 4), with three lines above it. alt: all of it in words."""

    title: str
    headline: str
    note: str
    alt: str
    picture: Bytes


def of_diagram(diagram: Diagram) -> Matrix:
    """The matrix of this wiring, one pixel per cell."""
    palette = np.array([theme.rgb(colour) for colour in diagram.colours], np.uint8)
    picture = image.wiring_picture(diagram.wiring, palette[diagram.wiring.ids])
    return Matrix(diagram.title, diagram.headline, diagram.note, diagram.alt, picture)


def matrix_figure(title: str, matrices: Sequence[Matrix]) -> Figure:
    """These matrices beside each other."""
    marks: list[Mark] = [Text(MARGIN, 38, title, 22)]
    x, foot, longer = float(MARGIN), 0.0, SIDE if len(matrices) == 1 else NARROW
    for matrix in matrices:
        rows, cols = matrix.picture.shape[:2]
        scale = longer / max(rows, cols)
        place = (x, TOP, cols * scale, rows * scale)
        marks += [
            Text(x, TOP - 42, matrix.title, 15),
            Text(x, TOP - 25, matrix.headline, 12),
            Text(x, TOP - 9, matrix.note, 12, FAINT),
            Rectangle(*place, PAPER),
            Bitmap(*place, image.on_white(matrix.picture)),
        ]
        foot = max(foot, TOP + rows * scale)
        captions = matrix.title, matrix.headline, matrix.note
        x += max(cols * scale, LETTER * max(map(len, captions))) + MARGIN
    about = ". ".join(matrix.alt for matrix in matrices)
    return Figure(round(max(x, LARGE * len(title))), round(foot) + MARGIN, title, about, tuple(marks))
