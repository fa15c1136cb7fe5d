"""Along one axis, tap `k` of output `i` reads input `i·stride + k·dilation − before`, folded back by the padding mode.

That line is the only index formula in the engine: the wiring, the counts and the weave all read it from here. Rows and
columns never mix, so a 2-D layer is two of these. Cut where the unfolded index enters and leaves the image, the folded
index is a straight line in `i`; a `Piece` is one such line, so a whole axis is a handful of numbers whatever its size.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PADDING = -1  # the source of a tap that falls on zero padding


@dataclass(frozen=True, slots=True)
class Piece:
    """Outputs `start ≤ i < stop` read inputs `source + slope·(i − start)`."""

    start: int
    stop: int
    source: int
    slope: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a layer: `size` inputs, `kernel` taps, geometry as in `LayerSpec`."""

    size: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int
    mode: str

    @property
    def reach(self) -> int:
        """Inputs from the first tap to the last, both included."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def out(self) -> int:
        """Outputs: ⌊(size + before + after − reach) / stride⌋ + 1, or 0 where the kernel does not fit."""
        room = self.size + self.before + self.after - self.reach
        return room // self.stride + 1 if room >= 0 else 0

    def pieces(self, tap: int) -> Iterator[Piece]:
        """The straight runs of one tap, in order of the outputs; a run on zero padding is left out."""
        shift, n = tap * self.dilation - self.before, self.size
        # The first outputs whose unfolded index i·stride + shift is >= 0 and >= n.
        enter, leave = (min(max(-((shift - edge) // self.stride), 0), self.out) for edge in (0, n))
        runs = ((0, enter, BEFORE.get(self.mode)), (enter, leave, (0, 0, 1)), (leave, self.out, AFTER.get(self.mode)))
        for start, stop, fold in runs:
            if fold and start < stop:
                sizes, constant, sign = fold
                unfolded = start * self.stride + shift
                yield Piece(start, stop, sizes * n + constant + sign * unfolded, sign * self.stride)

    def uses(self, tap: int) -> int:
        """Outputs at which this tap reads a real input."""
        return sum(len(piece) for piece in self.pieces(tap))

    def sources(self) -> NDArray[np.int64]:
        """The index of the input each tap reads, (kernel, out); PADDING where it reads none."""
        table = np.full((self.kernel, self.out), PADDING, dtype=np.int64)
        for tap in range(self.kernel):
            for p in self.pieces(tap):
                table[tap, p.start : p.stop] = p.source + p.slope * np.arange(len(p))
        return table


# Where an index u outside 0..n-1 is folded to, as (a, b, c): a·n + b + c·u. Zero padding folds to nowhere.
BEFORE = {"reflect": (0, 0, -1), "replicate": (0, 0, 0), "circular": (1, 0, 1)}
AFTER = {"reflect": (2, -2, -1), "replicate": (1, -1, 0), "circular": (-1, 0, 1)}
