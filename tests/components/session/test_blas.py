"""One thread a product, asked of the libraries themselves, each in a process of its own."""

import subprocess
import sys

ASK = """
import ctypes, numpy, scipy.linalg
import numpy._core._multiarray_umath as one, scipy.linalg._fblas as other
from components.session.blas import one_thread
asked = one_thread()
told = []
for extension in (one, other):
    library = ctypes.CDLL(extension.__file__)
    for name in ("scipy_openblas_get_num_threads64_", "scipy_openblas_get_num_threads", "openblas_get_num_threads"):
        if hasattr(library, name):
            told.append(getattr(library, name)())
            break
print(asked, len(told), set(told) <= {1})
"""


def told(code: str) -> str:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_every_openblas_that_was_asked_says_that_it_has_one_thread() -> None:
    asked, answered, single = told(ASK).split()
    assert asked == answered
    assert single == "True"


def test_a_package_without_openblas_is_passed_over() -> None:
    code = "from components.session import blas; blas.EXTENSIONS = ('no.such.module', 'math'); print(blas.one_thread())"
    assert told(code) == "0"


def test_the_app_asks_for_it() -> None:
    code = ASK.replace("asked = one_thread()", "import components.session; asked = 2")
    assert told(code).split()[2] == "True"
