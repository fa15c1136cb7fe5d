"""The named kernels people expect, each derived from its idea rather than retyped, with a sentence and a source.

Everything is meant for cross-correlation, `Y[i,j] = Σ X[i+k−1, j+l−1] F_kl`: the kernel lies on the picture as printed.
Edge kernels carry the textbook sign, +1 first: "vertical edges" (rows like `1 0 −1`) answers positive where the picture
is brighter on the left, "horizontal edges" where it is brighter above. Laplacians have a negative centre, as second
differences do. Flip the kernel (true convolution) and every antisymmetric answer changes sign.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import comb
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kernels.layer.spec import Floats

LARGEST = 15


class PresetError(ValueError):
    """An unknown kernel, a size it does not come in, or a seed that is none."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Which (K, L) a kernel comes in: in words for people, as a test for code."""

    words: str
    allow: Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Preset:
    """A named kernel: what it does to a picture (`sentence`), its source, and `make(K, L, seed)` once `fits(K, L)`."""

    id: str
    title: str
    sentence: str  # what it does to a picture
    source: str
    default: tuple[int, int]
    sizes: Sizes
    make: Callable[[int, int, int], ArrayLike] = field(repr=False)  # (K, L, seed), once `fits` has said yes
    flipped: str = ""  # what it does once it is rotated by 180°, where that is something else

    def fits(self, K: int, L: int) -> bool:
        return 1 <= K <= LARGEST and 1 <= L <= LARGEST and self.sizes.allow(K, L)

    def does(self, flip: bool) -> str:
        """What it does to a picture in cross-correlation; flip: in true convolution, which rotates it by 180°."""
        return self.flipped if flip and self.flipped else self.sentence


ANY = Sizes("K and L from 1 to 15", lambda *_: True)
SEVERAL = Sizes("K and L from 1 to 15, not both 1", lambda K, L: K * L > 1)
ODD = Sizes("odd K and L from 1 to 15", lambda K, L: K % 2 == L % 2 == 1)
ODD_FROM_5 = Sizes("odd K and L from 5 to 15", lambda K, L: K % 2 == L % 2 == 1 and min(K, L) >= 5)
SOBEL = Sizes("K and L out of 3, 5 and 7", lambda K, L: {K, L} <= {3, 5, 7})
ROW = Sizes("K = 1, L from 2 to 15", lambda K, L: K == 1 < L)
COLUMN = Sizes("K from 2 to 15, L = 1", lambda K, L: L == 1 < K)


# Kernels that come in many sizes are functions of (K, L); most are outer products of one row and one column.


def _offsets(n: int) -> Floats:
    """Distances from the centre of n pixels: −1 0 1, or −½ ½ when n is even."""
    return np.arange(n, dtype=np.float64) - (n - 1) / 2


def _sigma(n: int) -> float:
    """OpenCV's σ for a window of n pixels (getGaussianKernel): 0.8 at 3, 1.1 at 5, 2.6 at 15."""
    return 0.3 * ((n - 1) / 2 - 1) + 0.8


def _bell(n: int, sigma: float) -> Floats:
    """e^{−x²/2σ²}, sampled at n pixels and normalised."""
    bell = np.exp(-(_offsets(n) ** 2) / (2 * sigma**2))
    return np.asarray(bell / bell.sum())


def _identity(K: int, L: int) -> Floats:
    return np.outer(_offsets(K) == 0, _offsets(L) == 0).astype(np.float64)


def _box(K: int, L: int) -> Floats:
    return np.full((K, L), 1 / (K * L))


def _gaussian(K: int, L: int) -> Floats:
    """Each axis has the σ of its own length, so a 1×L Gaussian blurs along the row alone."""
    return np.outer(_bell(K, _sigma(K)), _bell(L, _sigma(L)))


def _under_bell(wave: Floats, sigma: float) -> Floats:
    """(wave − c)·G under a round Gaussian G, with the one c that sums to zero: a flat region answers nothing."""
    K, L = wave.shape
    bell = np.outer(_bell(K, sigma), _bell(L, sigma))
    return np.asarray((wave - (wave * bell).sum()) * bell)


def _log(K: int, L: int) -> Floats:
    """∇²G = (r² − 2σ²)/σ⁴ · G; sampled in a finite window, the 2σ² becomes the number that sums to zero."""
    sigma = _sigma(min(K, L))
    return _under_bell(np.add.outer(_offsets(K) ** 2, _offsets(L) ** 2) / sigma**4, sigma)


def _gabor(slope: int) -> Callable[[int, int], Floats]:
    """cos(2πx'/λ)·G, λ half the window, x' = column + slope·row (unit length); weights sum to +1 and −1 either side."""

    def make(K: int, L: int) -> Floats:
        n = min(K, L)
        along = np.add.outer(slope * _offsets(K), _offsets(L)) / np.hypot(1, slope)
        kernel = _under_bell(np.cos(2 * np.pi * along / (n / 2)), _sigma(n))
        return np.asarray(2 * kernel / np.abs(kernel).sum())

    return make


def _binomial(n: int) -> Floats:
    """n−1 times the two-pixel sum [1 1]: 1 2 1, then 1 4 6 4 1, …"""
    return np.array([comb(n - 1, k) for k in range(n)], dtype=np.float64)


def _difference(n: int) -> Floats:
    """1 0 −1, smoothed by the binomial to n pixels: 1 2 0 −2 −1, …"""
    return np.convolve([1.0, 0.0, -1.0], _binomial(n - 2))


def _random(K: int, L: int, seed: int) -> Floats:
    if not isinstance(seed, int) or seed < 0:
        raise PresetError(f"seed must be a whole number >= 0, got {seed!r}")
    return np.random.default_rng(seed).uniform(-1, 1, (K, L)).round(2)


# Kernels of one size are expressions in these.
_STEP, _FLAT, _SPOT, _BEND = np.array([[1, 0, -1], [1, 1, 1], [0, 1, 0], [1, -2, 1]])
_UNIT = np.outer(_SPOT, _SPOT)
_LAPLACIAN = np.outer(_BEND, _SPOT) + np.outer(_SPOT, _BEND)  # ∂²/∂row² + ∂²/∂column²

_GONZALEZ = "Gonzalez & Woods, Digital Image Processing"
_LINES = f"{_GONZALEZ}, line detection masks (3 on the line, minus 1 everywhere)"
_SOBEL = "Sobel & Feldman, 1968, Stanford AI Project: binomial smoothing ⊗ difference"
_PREWITT = "Prewitt, 1970, Object Enhancement and Extraction: mean ⊗ difference"
_SCHARR = "Scharr, 2000, dissertation, Heidelberg: 3 10 3 ⊗ difference"
_ROBERTS = "Roberts, 1963, Machine Perception of Three-Dimensional Solids"
_GABOR = "Gabor, 1946, Theory of Communication; Daugman, 1985, in two dimensions"
_MOTION = "By definition: the mean along a straight path"


def _fixed(
    id: str, title: str, sentence: str, source: str, matrix: NDArray[np.int_] | Floats, flipped: str = ""
) -> Preset:
    K, L = matrix.shape
    only = Sizes(f"K = {K}, L = {L}", lambda *size: size == (K, L))
    return Preset(id, title, sentence, source, (K, L), only, lambda *_: matrix, flipped)


def _sized(make: Callable[[int, int], Floats]) -> Callable[[int, int, int], Floats]:
    return lambda K, L, _seed: make(K, L)


# fmt: off
PRESETS: tuple[Preset, ...] = (
    Preset("identity", "Identity", "Leaves the picture unchanged.", "By definition", (3, 3), ODD, _sized(_identity)),
    Preset("box", "Box blur", "Replaces each pixel by the mean of its neighbourhood.",
           "By definition: the arithmetic mean", (3, 3), ANY, _sized(_box)),
    Preset("gaussian", "Gaussian blur", "Blurs smoothly, weighting near pixels more than distant ones.",
           "Sampled e^(−r²/2σ²), normalised; σ from the size as in OpenCV's getGaussianKernel", (5, 5), SEVERAL,
           _sized(_gaussian)),
    Preset("motion_horizontal", "Motion blur, horizontal", "Smears the picture sideways, as if the camera had panned.",
           _MOTION, (1, 7), ROW, _sized(_box)),
    Preset("motion_vertical", "Motion blur, vertical", "Smears the picture up and down, as if the camera had tilted.",
           _MOTION, (7, 1), COLUMN, _sized(_box)),
    _fixed("sharpen", "Sharpen", "Makes edges crisper by subtracting the Laplacian from the picture.",
           f"{_GONZALEZ}, sharpening with the Laplacian", _UNIT - _LAPLACIAN),
    Preset("unsharp", "Unsharp mask", "Sharpens by adding back whatever a Gaussian blur would remove.",
           f"{_GONZALEZ}, unsharp masking: 2·identity − Gaussian", (5, 5), ODD,
           _sized(lambda K, L: 2 * _identity(K, L) - _gaussian(K, L))),
    _fixed("emboss", "Emboss", "Gives a relief effect, raised where brightness increases down and to the right.",
           "Traditional in image editors: identity plus the derivative along the "
               "diagonal", _UNIT - np.add.outer(_STEP, _STEP),
           "Gives a relief effect, raised where brightness increases up and to the left."),
    _fixed("laplacian_4", "Laplacian, 4 neighbours", "Responds where a pixel differs from the mean of its four "
        "neighbours.",
           f"{_GONZALEZ}: second differences down and across, added", _LAPLACIAN),
    _fixed("laplacian_8", "Laplacian, 8 neighbours", "Responds where a pixel differs from the mean of its "
        "eight neighbours.",
           f"{_GONZALEZ}: every neighbour minus the centre, added", np.outer(_FLAT, _FLAT) - 9 * _UNIT),
    Preset("log", "Laplacian of Gaussian", "Detects blobs and edges at one scale and suppresses finer noise.",
           "Marr & Hildreth, 1980, Theory of Edge Detection", (9, 9), ODD_FROM_5, _sized(_log)),
    Preset("sobel_vertical", "Sobel, vertical edges",
           "Detects vertical edges: positive where the left side is brighter, negative where the right side is.",
           _SOBEL, (3, 3), SOBEL, _sized(lambda K, L: np.outer(_binomial(K), _difference(L))),
           "Detects vertical edges: positive where the right side is brighter, negative where the left side is."),
    Preset("sobel_horizontal", "Sobel, horizontal edges",
           "Detects horizontal edges: positive where the upper side is brighter, negative where the lower side is.",
           _SOBEL, (3, 3), SOBEL, _sized(lambda K, L: np.outer(_difference(K), _binomial(L))),
           "Detects horizontal edges: positive where the lower side is brighter, negative where the upper side is."),
    _fixed("prewitt_vertical", "Prewitt, vertical edges",
           "Detects vertical edges like Sobel, with all three rows weighted "
               "equally.", _PREWITT, np.outer(_FLAT, _STEP)),
    _fixed("prewitt_horizontal", "Prewitt, horizontal edges",
           "Detects horizontal edges like Sobel, with all three columns weighted "
               "equally.", _PREWITT, np.outer(_STEP, _FLAT)),
    _fixed("scharr_vertical", "Scharr, vertical edges",
           "Detects vertical edges like Sobel, with better rotational symmetry.",
           _SCHARR, np.outer([3, 10, 3], _STEP)),
    _fixed("scharr_horizontal", "Scharr, horizontal edges",
           "Detects horizontal edges like Sobel, with better rotational symmetry.",
           _SCHARR, np.outer(_STEP, [3, 10, 3])),
    _fixed("roberts_falling", "Roberts, rising edges",
           "Detects edges that rise to the right: each pixel minus its lower-right neighbour.",
           _ROBERTS, np.diag([1, -1]),
           "Detects edges that rise to the right: each pixel minus its upper-left neighbour."),
    _fixed("roberts_rising", "Roberts, falling edges",
           "Detects edges that fall to the right: each pixel minus its lower-left neighbour.",
           _ROBERTS, np.diag([1, -1])[:, ::-1],
           "Detects edges that fall to the right: each pixel minus its upper-right neighbour."),
    _fixed("line_horizontal", "Line, horizontal", "Responds to thin bright horizontal lines.",
           _LINES, 3 * np.outer(_SPOT, _FLAT) - 1),
    _fixed("line_vertical", "Line, vertical", "Responds to thin bright vertical lines.",
           _LINES, 3 * np.outer(_FLAT, _SPOT) - 1),
    _fixed("line_falling", "Line, falling diagonal", "Responds to thin bright lines that fall to the right.",
           _LINES, 3 * np.eye(3) - 1),
    _fixed("line_rising", "Line, rising diagonal", "Responds to thin bright lines that rise to the right.",
           _LINES, 3 * np.eye(3)[:, ::-1] - 1),
    Preset("gabor_vertical", "Gabor, vertical stripes", "Responds to vertical stripes of one width, as in woven cloth.",
           _GABOR, (9, 9), ODD_FROM_5, _sized(_gabor(0))),
    Preset("gabor_rising", "Gabor, rising stripes", "Responds to stripes of one width that rise to the right.",
           _GABOR, (9, 9), ODD_FROM_5, _sized(_gabor(1))),
    Preset("random", "Random", "Mixes each neighbourhood at random, as an untrained network does.",
           "By definition: uniform in −1..1 from the seed, two decimals", (3, 3), ANY, _random),
    Preset("zero", "Zero", "Gives 0 everywhere: a blank kernel to fill in.", "By definition", (3, 3), ANY,
           _sized(lambda K, L: np.zeros((K, L)))),
)
# fmt: on


def preset(id: str) -> Preset:
    """The preset of this name. Raises PresetError with the known ones.

    >>> preset("sobel_vertical").title
    'Sobel, vertical edges'
    """
    for known in PRESETS:
        if known.id == id:
            return known
    raise PresetError(f"id must be one of {', '.join(known.id for known in PRESETS)}; got {id!r}")


def kernel(id: str, size: tuple[int, int] | None = None, seed: int = 0) -> Floats:
    """A fresh (K, L) array of the named kernel; only "random" looks at the seed. Raises PresetError.

    >>> kernel("sobel_vertical")
    array([[ 1.,  0., -1.],
           [ 2.,  0., -2.],
           [ 1.,  0., -1.]])
    >>> kernel("box", (1, 4)).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    named = preset(id)
    try:
        K, L = map(index, named.default if size is None else size)
    except (TypeError, ValueError):
        raise PresetError(f"size must be two whole numbers (K, L), got {size!r}") from None
    if not named.fits(K, L):
        raise PresetError(f"size of {id!r} must be {named.sizes.words}; got ({K}, {L})")
    return np.array(named.make(K, L, seed), dtype=np.float64) + 0.0  # + 0.0: no −0 on the screen
