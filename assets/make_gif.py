"""Writes assets/dense_to_shared.gif: Explore's story of its first picture, as its Download menu makes it.

Needs what the app needs: python -m assets.make_gif
"""

from pathlib import Path

from components.display.layer import Convolved, layer_of, output_map
from components.pages.explore.export.dense_to_shared_gif import weave_gif
from components.state.link import edited
from components.state.setup import Setup
from kernels.images.decode import planes
from kernels.images.samples import sample

FILE = Path(__file__).parent / "dense_to_shared.gif"
SIDE, SIZE = 8, (1280, 720)


def animation() -> bytes:
    """The GIF."""
    state = edited(Setup(), image="digit", side=SIDE)
    picture = planes(sample("digit", SIDE), "grey")
    layer = layer_of(state, picture.shape[1:])
    return weave_gif(Convolved(state, layer, picture, output_map(state, layer, picture)), SIZE)


if __name__ == "__main__":
    FILE.write_bytes(animation())
