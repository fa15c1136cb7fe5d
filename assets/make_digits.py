"""Writes digits.npz: the 8×8 handwritten digits as scikit-learn ships them. Run once, with scikit-learn installed.

pip install scikit-learn && python -m assets.make_digits
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

if __name__ == "__main__":
    digits = load_digits()
    np.savez_compressed(
        Path(__file__).parent / "digits.npz",
        images=digits.images.astype(np.uint8),
        labels=digits.target.astype(np.uint8),
    )
