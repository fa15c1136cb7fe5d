"""One thread a matrix product: on a small server every visitor has a thread already.

OpenBLAS splits a product over all cores and waits for them in a loop that never sleeps. Alone that is as fast as one
thread for matrices as small as ours; with one other busy program on two cores, ten times slower (a fully connected
layer's 40 epochs: 0.6 s with one thread, 6.1 s with two).
"""

import ctypes
from importlib.util import find_spec

EXTENSIONS = ("numpy._core._multiarray_umath", "scipy.linalg._fblas")  # what OpenBLAS is linked to in the two packages
SETTERS = ("scipy_openblas_set_num_threads64_", "scipy_openblas_set_num_threads", "openblas_set_num_threads")


def one_thread() -> int:
    """Ask every OpenBLAS that NumPy and SciPy brought along; how many of the two have one that could be asked."""
    return sum(map(_ask, EXTENSIONS))


def _ask(extension: str) -> bool:
    try:
        spec = find_spec(extension)
        library = ctypes.CDLL(spec.origin if spec else extension)
    except (ImportError, OSError):
        return False
    setter = next((getattr(library, name) for name in SETTERS if hasattr(library, name)), None)
    if setter is not None:
        setter(1)
    return setter is not None
