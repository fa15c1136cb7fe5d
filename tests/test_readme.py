"""What the README promises: its pictures are there, and its links show what they name, without a word of complaint."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tests.support.visitor import Visitor

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LINKS = re.findall(r"\[([^\]]+)\]\((http://localhost:8501/[^)]*)\)", README)
SHOWN = {  # by a link, in its page's title or summary, where they tell it
    "a digit as a matrix one can read": "36 rows and 64 columns",
    "nine weights for 68 billion": "Of 68 billion weights, locality leaves 2,340,900 and sharing leaves :primary[9]",
    "what breaks equivariance": "an odd one falls between two outputs and gives a different map",
    "opponent colours": "3 channels into 4 maps",
    "sharing in a circulant MIMO system": "Circulant MIMO",
    "shared or not × pooled or flattened": "shared or not by pooled or flattened",
    "a running sum at four times the length": "trained on 8 steps and run on up to 32",
    "rotations and reflections decide": "symmetry decides",
    "a tied autoencoder": "A network whose layers share weights",
}
MOST = 3_000_000  # bytes of the animation


def test_pictures_are_there_and_small_enough() -> None:
    pictures = re.findall(r"\]\((assets/[^)]+)\)", README)
    assert {"assets/dense_to_shared.gif", "assets/screenshot.png"} <= set(pictures)
    assert all(0 < (ROOT / picture).stat().st_size < MOST for picture in pictures)


def test_ten_links_open_what_they_say() -> None:
    assert len(LINKS) == len({address for _, address in LINKS}) == 10
    for name, address in LINKS:
        asked = urlsplit(address)
        query = dict(parse_qsl(asked.query))
        page = Visitor(asked.path.strip("/"), **query)
        page.is_sound()
        assert page.warnings == [], name
        assert query.items() <= page.query.items(), name  # no parameter is refused, or stands for nothing
        assert SHOWN.get(name, "") in f"{page.title} {' '.join(page.summary)}", name
