"""A text as a QR code, drawn here so that no address leaves the machine (ISO/IEC 18004: bytes, level L, versions 1-40).

The codewords are the bytes of the text, in blocks, and after them each block's Reed-Solomon code: the remainder of its
polynomial divided by Π (x − 2ⁱ) over GF(256), with which a reader corrects 7 % of wrong codewords. Of the eight masks
the one with the smallest penalty is used.
"""

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kernels.layer.spec import SpecError

Bits = NDArray[np.uint8]
# Per version, level L: how many error-correction codewords a block has, and how many blocks there are (table 9).
CORRECTION = (
    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
    28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
)  # fmt: skip
BLOCKS = (
    1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
    8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
)  # fmt: skip
LEVEL = 0b01  # L
EMPTY = 2  # a module that is neither black nor white yet


def qr_modules(text: str) -> NDArray[np.bool_]:
    """The modules (n, n), True for black, without the quiet border of four. Raises SpecError above 2,953 bytes."""
    data = text.encode()
    version = next((v for v in range(1, 41) if _capacity(v) >= len(data)), None)
    if version is None:
        raise SpecError(f"text must be at most {_capacity(40)} bytes long for a QR code, got {len(data)}")
    modules = _patterns(version)
    free = modules == EMPTY
    modules[free] = 0
    _write(modules, free, _interleaved(_codewords(data, version), version))
    masked = [_masked(modules, free, mask) for mask in range(8)]
    best: NDArray[np.bool_] = min(masked, key=_penalty) == 1
    return best


def _total(version: int) -> int:
    """How many codewords fit: eight of the modules that no pattern takes make one."""
    return int((_patterns(version) == EMPTY).sum()) // 8


def _data(version: int) -> int:
    """How many of the codewords carry data."""
    return _total(version) - CORRECTION[version - 1] * BLOCKS[version - 1]


def _capacity(version: int) -> int:
    """How many bytes of text fit: the mode takes four bits of the data, the length 8 or 16."""
    return _data(version) - (2 if version < 10 else 3)


def _codewords(data: bytes, version: int) -> list[int]:
    """The data codewords: mode, length, text, four zero bits, and padding."""
    width = 8 if version < 10 else 16
    bits = f"0100{len(data):0{width}b}" + "".join(f"{byte:08b}" for byte in data) + "0000"
    words = [int(bits[n : n + 8].ljust(8, "0"), 2) for n in range(0, len(bits), 8)][: _data(version)]
    return words + [(0xEC, 0x11)[n % 2] for n in range(_data(version) - len(words))]


def _interleaved(words: list[int], version: int) -> list[int]:
    """The first codewords of all blocks, then the second, and so on; then their correction codewords in that order."""
    blocks, many = BLOCKS[version - 1], len(words)
    short = many // blocks
    edges = np.cumsum([0, *(short + (n >= blocks - many % blocks) for n in range(blocks))])
    parts = [words[a:b] for a, b in pairwise(edges.tolist())]
    checks = [_remainder(part, CORRECTION[version - 1]) for part in parts]
    return [part[n] for n in range(short + 1) for part in parts if n < len(part)] + [
        check[n] for n in range(CORRECTION[version - 1]) for check in checks
    ]


@cache
def _powers() -> tuple[list[int], list[int]]:
    """The powers 2ⁿ in GF(256) with x⁸ = x⁴ + x³ + x² + 1, and the logarithm of every number."""
    power = [1]
    for _ in range(254):
        power.append(power[-1] << 1 ^ (0x11D if power[-1] & 0x80 else 0))
    log = [0] * 256
    for n, value in enumerate(power):
        log[value] = n
    return power, log


def _times(a: int, b: int) -> int:
    """The product in GF(256)."""
    power, log = _powers()
    return power[(log[a] + log[b]) % 255] if a and b else 0


def _remainder(words: list[int], degree: int) -> list[int]:
    """The remainder of the words' polynomial times x^degree, divided by Π_{i < degree} (x − 2ⁱ)."""
    divisor = [1]
    for i in range(degree):
        root = _powers()[0][i]
        divisor = [a ^ _times(root, b) for a, b in zip([*divisor, 0], [0, *divisor], strict=True)]
    left = [*words, *[0] * degree]
    for n in range(len(words)):
        factor = left[n]
        for k, coefficient in enumerate(divisor):
            left[n + k] ^= _times(factor, coefficient)
    return left[len(words) :]


@cache
def _patterns_of(version: int) -> bytes:
    size = 17 + 4 * version
    modules = np.full((size, size), EMPTY, np.uint8)
    modules[6, ::2], modules[6, 1::2], modules[::2, 6], modules[1::2, 6] = 1, 0, 1, 0
    finder = _rings(7)
    for corner, rows, cols in (((0, 0), (0, 8), (0, 8)), ((0, size - 7), (0, 8), (size - 8, size)),
                               ((size - 7, 0), (size - 8, size), (0, 8))):  # fmt: skip
        modules[slice(*rows), slice(*cols)] = 0
        modules[corner[0] : corner[0] + 7, corner[1] : corner[1] + 7] = finder
    places = _alignment(version)
    for i in places:
        for j in places:
            if (i, j) not in {(6, 6), (6, size - 7), (size - 7, 6)}:
                modules[i - 2 : i + 3, j - 2 : j + 3] = _rings(5)
    _write_format(modules, 0)
    if version >= 7:
        stamp = version << 12 | _check(version << 12, 0x1F25, 12)
        for n in range(18):
            bit = stamp >> n & 1
            modules[n // 3, size - 11 + n % 3] = modules[size - 11 + n % 3, n // 3] = bit
    return modules.tobytes()


def _patterns(version: int) -> Bits:
    """The modules that every code of this version has; EMPTY elsewhere."""
    size = 17 + 4 * version
    return np.frombuffer(_patterns_of(version), np.uint8).reshape(size, size).copy()


def _rings(size: int) -> Bits:
    """A square inside two rings: from the outside black, white, black."""
    away = np.maximum(*np.abs(np.indices((size, size)) - size // 2))
    rings: Bits = (away != size // 2 - 1).astype(np.uint8)
    return rings


def _alignment(version: int) -> list[int]:
    """The centres of the alignment patterns along each axis (annex E)."""
    if version == 1:
        return []
    many = version // 7 + 2
    step = (version * 8 + many * 3 + 5) // (many * 4 - 4) * 2
    return [6, *(10 + 4 * version - n * step for n in reversed(range(many - 1)))]


def _write_format(modules: Bits, mask: int) -> None:
    """Write level and mask, twice, beside the finder patterns, and the one module that is always black."""
    size, value = len(modules), LEVEL << 3 | mask
    stamp = (value << 10 | _check(value << 10, 0x537, 10)) ^ 0x5412
    bits = [stamp >> n & 1 for n in range(15)]
    for n, bit in enumerate(bits):
        first = (n if n < 6 else n + 1 if n < 8 else size - 15 + n, 8)
        second = (8, size - 1 - n if n < 8 else 7 if n == 8 else 14 - n)
        modules[first] = modules[second] = bit
    modules[size - 8, 8] = 1


def _check(value: int, divisor: int, degree: int) -> int:
    """The remainder of a polynomial over GF(2)."""
    while value.bit_length() > degree:
        value ^= divisor << (value.bit_length() - degree - 1)
    return value


def _write(modules: Bits, free: NDArray[np.bool_], words: list[int]) -> None:
    """Write the bits in columns two modules wide, from the right, going up and down in turn."""
    bits = (word >> n & 1 for word in words for n in range(7, -1, -1))
    size = len(modules)
    columns = [right for right in range(size - 1, 0, -2) if right > 6] + [5, 3, 1]
    for turn, right in enumerate(columns):
        rows = range(size - 1, -1, -1) if turn % 2 == 0 else range(size)
        for row in rows:
            for col in (right, right - 1):
                if free[row, col]:
                    modules[row, col] = next(bits, 0)


def _masked(modules: Bits, free: NDArray[np.bool_], mask: int) -> Bits:
    """The code with this mask: where its formula is zero, free modules change colour (table 10)."""
    i, j = np.indices(modules.shape)
    turned = (
        (i + j) % 2, i % 2, j % 3, (i + j) % 3, (i // 2 + j // 3) % 2, i * j % 2 + i * j % 3,
        (i * j % 2 + i * j % 3) % 2, ((i + j) % 2 + i * j % 3) % 2,
    )[mask] == 0  # fmt: skip
    done: Bits = modules ^ (turned & free).astype(np.uint8)
    _write_format(done, mask)
    return done


def _penalty(modules: Bits) -> int:
    """The penalty of runs and squares of one colour, of patterns like the finder's, and of too much black or white."""
    total = 0
    for lines in (modules, modules.T):
        for line in lines:
            edges = np.flatnonzero(np.diff(line)) + 1
            runs = np.diff([0, *edges, len(line)])
            total += int((runs[runs >= 5] - 2).sum())
            text = line.tobytes()
            total += 40 * sum(text.startswith(pattern, n) for pattern in FINDER_LIKE for n in range(len(text) - 10))
    same = modules[:-1, :-1] + modules[1:, :-1] + modules[:-1, 1:] + modules[1:, 1:]
    total += 3 * int(((same == 0) | (same == 4)).sum())
    share = 100 * float(modules.mean())
    return total + 10 * int(abs(share - 50) / 5)


FINDER_LIKE = (bytes([1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0]), bytes([0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1]))
