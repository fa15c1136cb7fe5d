"""Every number the lesson says is counted here a second time, with loops, and every step is one a class can follow."""

import re
from itertools import product

import pytest

from components.pages.channels.state import Channels
from components.pages.compare.state import Compare
from components.pages.lesson import steps as lesson
from components.pages.lesson.page import VIEWS
from components.pages.lesson.state import Lesson
from components.pages.lesson.steps import STEPS, Step
from components.pages.network.state import Net
from components.pages.sequence.state import Sequence
from components.pages.train.state import Train
from components.state.link import from_query, limits, to_query
from components.state.setup import Setup
from kernels.images.digits import CANVAS
from tests.support.oracles import pad_index
from tests.support.text import numbers

NUMBERS = range(1, len(STEPS) + 1)
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")
HOSTILE = ["", "0", "-1", "15", "99", "1.5", "nan", "x", "<script>", "9" * 5000, "²", "1,2", "None"]
LENIENT = [" 8", "8 ", "+8", "008", "00008", "٨", "８", "0_8"]  # Python's int() reads them all as 8


def windows(side: int, taps: int, pad: int = 0) -> list[list[tuple[int, int] | None]]:
    """For each output of a square window on a square picture, row by row: the pixel each tap reads, None off it."""
    found = []
    for i, j in product(range(side + 2 * pad - taps + 1), repeat=2):
        at = [(pad_index(i + k - pad, side, "zeros"), pad_index(j + l - pad, side, "zeros"))
              for k, l in product(range(taps), repeat=2)]  # fmt: skip
        found.append([None if row is None or col is None else (row, col) for row, col in at])
    return found


def dense(side: int, taps: int) -> int:
    """A weight for each pair of an output and a pixel."""
    return sum(1 for _ in windows(side, taps) for _ in range(side * side))


def local(side: int, taps: int) -> int:
    """A weight for each tap of each output."""
    return sum(len(window) for window in windows(side, taps))


def recurrent(steps: int, inputs: int) -> tuple[int, int]:
    """Weights and connections of one unit: U at each step, V from the second on, and a bias."""
    connections = [(t, f"u{f}") for t in range(steps) for f in range(inputs)]
    connections += [(t, "v") for t in range(1, steps)] + [(t, "b") for t in range(steps)]
    return len({name for _, name in connections}), len(connections)


def cnn() -> tuple[int, int, int, int]:
    """Layers, free parameters, convolutions, and free parameters with nothing shared, of the network of step 13."""
    side, channels, shared, alone, convolutions = 16, 1, 0, 0, 0
    layers = Net().net.split(", ")
    for layer in layers:
        word, *more = layer.split()
        if word == "conv":
            maps, taps = int(more[0]), int(more[1])
            assert more[2:] == ["padding=same"]
            each = channels * taps * taps + 1
            shared += maps * each
            # What falls on the padding is no connection, and needs no weight of its own.
            reads = [sum(pixel is not None for pixel in window) for window in windows(side, taps, taps // 2)]
            alone += sum(maps * (channels * pixels + 1) for pixels in reads)
            channels, convolutions = maps, convolutions + 1
        elif word == "max":
            side //= int(more[0])
        elif word == "dense":
            both = int(more[0]) * (side * side * channels + 1)
            shared, alone = shared + both, alone + both
    return len(layers), shared, convolutions, alone


def race() -> list[float]:
    """The first layers of step 11, 16 maps of 5×5 windows with biases, and the digits."""
    maps, places = 16, windows(CANVAS, 5)
    every = maps * sum(CANVAS * CANVAS + 1 for _ in places)
    own = maps * sum(len(window) + 1 for window in places)
    return [every, own, maps * (len(places[0]) + 1), 300, 600]


def ideas() -> list[float]:
    """Step 14: 3 taps on a line of 8, one recurrent unit over 5 steps with 2 inputs, 3 taps in each of 3 channels."""
    line = [(place, tap) for place in range(8 - 3 + 1) for tap in range(3)]
    channels = [(channel, tap) for channel in range(3) for tap in range(3)]
    return [3, len(line), *recurrent(5, 2), len({tap for _, tap in channels}), len(channels)]


def counted() -> list[tuple[list[float], list[float]]]:
    """For each step the numbers of its text, and of what is to be noticed."""
    small, photo, wired = windows(8, 3), windows(64, 3), windows(32, 3)
    uses = sum(window[0] is not None for window in small)
    layers, shared, convolutions, alone = cnn()
    return [
        ([3, 3, 9], []),
        ([9, 1, 1], [9]),
        ([6, 6, len(small)], []),
        ([local(8, 3), 9, uses], [uses]),
        ([len(small), 8 * 8, dense(8, 3), 9], []),
        ([9, 64 * 64, round(64 * 64 / 9), len(photo) * 64 * 64, 9], [9]),
        ([180], []),
        (
            [dense(32, 3), 9, local(32, 3), round(dense(32, 3) / local(32, 3)), 9, len(wired)],
            [local(32, 3), 9, 1],
        ),
        ([], []),
        ([3, 4, 3, 3, 3, 4 * 3 * 3 * 3], []),
        (race(), []),
        ([64, 128, round((126 * 126 * 128 * 128) / (62 * 62 * 64 * 64))], []),
        ([layers, shared, convolutions, alone], []),
        (ideas(), []),
    ]


def sentences(step: Step) -> list[str]:
    return SENTENCE.split(" ".join(step.says()))


each = pytest.mark.parametrize("number", NUMBERS)


def test_there_are_as_many_steps_as_a_link_may_name() -> None:
    assert limits(Lesson, "step") == (1, len(STEPS)) == (1, 14)
    assert len({step.title for step in STEPS}) == len(STEPS)


@each
def test_a_step_has_two_to_five_sentences_a_try_a_notice_and_a_view_that_exists(number: int) -> None:
    step = STEPS[number - 1]
    told = sentences(step)
    assert 2 <= len(told) <= 5
    for text in (*told, step.tries, step.notice()):
        assert text[0].isupper() or text.startswith("K·L")
        assert text.endswith((".", "?"))
    assert max(map(len, told)) < 200
    assert step.view in VIEWS


def test_every_view_of_the_page_is_used_by_a_step() -> None:
    assert {step.view for step in STEPS} == set(VIEWS)


@each
def test_every_number_a_step_says_is_the_one_counted_by_hand(number: int) -> None:
    step, (said, noticed) = STEPS[number - 1], counted()[number - 1]
    assert numbers(" ".join(step.says())) == said
    assert numbers(step.notice()) == noticed


def test_the_words_for_ratios_are_those_of_the_counts() -> None:
    assert f"×{round(dense(32, 3) / local(32, 3))} fewer" in STEPS[7].says()[1]
    assert f"×{local(32, 3) // 9} fewer again" in STEPS[7].says()[2]
    # The sum of the article, tap by tap, is the same for all places: a larger picture changes nothing but the ratio.
    assert "grow" in STEPS[5].says()[2]


@each
def test_a_step_sets_what_its_view_shows(number: int) -> None:
    wanted: dict[str, set[type]] = {
        "loom": {Setup},
        "ladder": {Setup},
        "growth": {Setup, Compare},
        "everywhere": {Setup, Compare},
        "bank": {Setup, Channels},
        "race": {Train},
        "flow": {Net},
        "ideas": {Sequence},
    }
    step = STEPS[number - 1]
    kinds = [type(state) for state in step.states]
    assert set(kinds) == wanted[step.view]
    assert len(kinds) == len(set(kinds))
    for state in step.states:
        assert from_query(to_query(state), type(state)()) == (state, ())


def test_the_kernel_of_the_step_on_flipping_takes_the_pixel_on_the_other_side() -> None:
    (state,) = STEPS[6].states
    assert isinstance(state, Setup)
    (at,) = [(k, l) for k, l in product(range(3), repeat=2) if state.kernel[k][l]]
    assert at == (1, 0)  # in the middle row, on the left
    turned = [row[::-1] for row in state.kernel[::-1]]
    (takes,) = [(k, l) for k, l in product(range(3), repeat=2) if turned[k][l]]
    assert state.flip
    assert takes == (1, 2)  # the pixel on the right


@each
def test_a_number_names_its_step(number: int) -> None:
    assert lesson.step_of(number) is STEPS[number - 1]
    assert lesson.scene({"step": str(number)}) == STEPS[number - 1].states


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:9]))
def test_what_is_no_step_is_the_first(text: str) -> None:
    assert lesson.scene({"step": text}) == STEPS[0].states
    assert from_query({"step": text}, Lesson())[0] == Lesson(1)


def test_without_a_step_the_scene_is_the_first_step_s() -> None:
    assert lesson.scene({}) == lesson.scene({"kernel": "1,2,3", "present": "1"}) == STEPS[0].states


@pytest.mark.parametrize("text", [*HOSTILE, *LENIENT], ids=lambda text: repr(text[:9]))
def test_the_scene_is_that_of_the_step_the_link_leads_to(text: str) -> None:
    own, _ = from_query({"step": text}, Lesson())
    assert lesson.scene({"step": text}) == STEPS[own.step - 1].states


def test_three_lines_of_the_last_step_name_the_same_idea_in_three_places() -> None:
    told = STEPS[-1].says()[-1]
    assert [word for word in ("in space", "in time", "over channels") if word in told] == re.findall(
        r"(in space|in time|over channels)", told
    )
