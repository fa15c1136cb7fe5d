"""The slider of μ, its own functions in Node: its marks and their names."""

from components.widgets.mount import SHARED, module
from tests.support.node import call

SLIDER = SHARED.parents[1] / "pages" / "adaptive" / "slider"


def test_marks_stand_in_the_order_of_their_places_without_those_beyond_the_slider() -> None:
    marks = {"fastest, shared": 0.3, "bound, shared": 0.6, "fastest, untied": 0.1, "bound, untied": 0.2, "far": 40}
    script = module(SLIDER).replace("export default component(", "void (")
    assert call(script, "inOrder", {"marks": marks, "low": 0.001, "high": 2}) == [
        ["fastest, untied", 0.1],
        ["bound, untied", 0.2],
        ["fastest, shared", 0.3],
        ["bound, shared", 0.6],
    ]
