"""Writes cnn.npz: the small network of the Network page, trained on the digits with this engine.

python -m assets.make_cnn   (half a minute; the same numbers every time on the same machine)
"""

import sys
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from kernels.images import digits
from kernels.learning.losses import cross_entropy
from kernels.learning.network import Network
from kernels.learning.training import Recipe, accuracy, fit
from kernels.networks.description import parse
from kernels.networks.plan import plan
from kernels.networks.trained import FILE, IN_SHAPE, LAYERS, SEED, TESTED, TRAINED

COPIES = 24
COARSE = Recipe(rate=0.003, batch=64, epochs=12, seed=SEED)
FINE = replace(COARSE, rate=0.0005, epochs=20)
Floats = NDArray[np.float32]


def varied(image: Floats, rng: np.random.Generator) -> Floats:
    """The digit larger or smaller, thicker or thinner, slanted, turned and moved: as people draw them on 16×16."""
    turn, slant = rng.normal(0, 0.15, 2)
    scale = 8 / rng.uniform(9, 17, 2)
    matrix = np.diag(scale) @ [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]] @ [[1, 0], [slant, 1]]
    middle = 7.5 + rng.uniform(-2, 2, 2)
    drawn = affine_transform(image, matrix, 3.5 - matrix @ middle, IN_SHAPE[1:], order=1) * rng.uniform(0.6, 2.2)
    hard = rng.uniform(1, 3) if rng.random() < 0.5 else 1
    varied: Floats = np.clip((np.clip(drawn, 0, 1) - 0.5) * hard + 0.5, 0, 1).astype(np.float32)
    return varied


if __name__ == "__main__":
    network = plan(parse(LAYERS), IN_SHAPE).network
    scores = Network(network.layers[:-1], IN_SHAPE)  # the loss has the softmax in it
    train, test = digits.split(TRAINED, TESTED, SEED)
    rng = np.random.default_rng(SEED)
    many = np.array([varied(image, rng) for _ in range(COPIES) for image in train.x[:, 0]])[:, None]
    x = np.concatenate([many, digits.smoothed(train).x])
    labels = np.tile(train.labels, COPIES + 1)
    *_, last = fit(scores, x, labels, cross_entropy, COARSE)
    *_, last = fit(scores, x, labels, cross_entropy, FINE, last)
    asked = digits.smoothed(test)
    right = accuracy(network, last.theta, asked.x, asked.labels)
    np.savez_compressed(FILE, theta=last.theta, accuracy=right)
    sys.stdout.write(f"{len(last.theta)} parameters, {right:.1%} accuracy on {TESTED} test digits\n")
