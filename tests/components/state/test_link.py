"""A link brings the exact state back, and nothing in a link can stop the page."""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, fields, replace
from math import copysign, nextafter
from typing import Annotated

import pytest

from components.pages.channels.state import Channels
from components.pages.compare.state import Compare
from components.pages.network.state import Net
from components.pages.quiz.state import Quiz
from components.pages.sequence.state import Sequence
from components.pages.sharing.state import Sharing
from components.pages.train.state import Train
from components.state import link
from components.state.fields import Named, Whole
from components.state.link import State, declared, edited, from_query, to_query
from components.state.setup import Setup
from components.state.show import Show
from tests.support.hostile_values import TEXTS, VALUES
from tests.support.states import (
    ACCEPTS,
    KINDS,
    PARAMETERS,
    Parameter,
    choices,
    is_sound,
    is_switch,
    limits,
    random_state,
    whole,
)

LONGEST = 400  # characters a sentence may have: a few lines on a phone
REFUSED_BY_ALL = ["", " ", "nan", "inf", "1e300", "9" * 100_000, "x" * 100_000, "," * 100_000, "²", "\x00", "[]", "{}"]
EMPTY: dict[tuple[str, str], State] = {  # no text means something to these
    ("stack", ""): Channels(),  # no samples: the picture's own channels
    ("sharing_tab", ""): Sharing(),  # no tab chosen
    ("network_tab", ""): Net(),
    ("train_tab", ""): Train(),
    ("sequence_tab", ""): Sequence(),
    ("class", ""): Quiz(),  # no class
    ("channels_tab", ""): Channels(),
    ("comparison", ""): Compare(),  # no tab chosen
    ("hide", ""): Show(hide=()),  # nothing is hidden
    ("net", ""): Net(net=""),  # a network without layers
    ("net", " "): Net(net=""),
}
SOUND = {"side": "9", "pasted": "3", "cell": "0,1,2", "lags": "3", "reach": "1", "digit": "5", "far": "9"}
SOUND |= {"points": "7", "readers": "5", "hide": "buttons", "step": "scan", "level": "hard"}  # one a state
SOUND |= {"uses": "2", "kept": "9", "clusters": "7", "sum_steps": "3"}

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def of(kind: type[State]) -> list[Parameter]:
    return [at for at in PARAMETERS if at.kind is kind]


def refusal(at: Parameter, value: object) -> str:
    """What is said when this value is refused; empty if it is not."""
    try:
        edited(at.kind(), **{at.field: value})
    except ValueError as error:
        return str(error)
    return ""


def test_every_parameter_of_every_state_is_known_here_and_no_two_states_share_a_name() -> None:
    assert Counter(at.link for at in PARAMETERS) == Counter(ACCEPTS.keys())
    assert all(set(declared(kind)) == {field.name for field in fields(kind)} for kind in KINDS)


@each_kind
def test_a_parameter_accepts_what_links_have_always_held_and_says_so_in_these_words(kind: type[State]) -> None:
    for at in of(kind):
        type_ = declared(at.kind)[at.field].type
        assert type_.accepts == ACCEPTS[at.link]
        assert is_sound(at.link, at.of(at.kind()))
        assert refusal(at, object()).startswith(f"{at.link} must be {ACCEPTS[at.link]}, not “<object")


# From a state to its link, and back.


def test_one_link_holds_the_states_of_all_pages_and_brings_back_each_exactly() -> None:
    for seed in range(80):
        states = [random_state(kind, seed) for kind in KINDS]
        query = {name: text for state in states for name, text in to_query(state).items()}
        assert [from_query(query, kind()) for kind in KINDS] == [(state, ()) for state in states]
        assert all(is_sound(at.link, at.of(state)) for state in states for at in of(type(state)))


@each_kind
def test_a_link_to_one_changed_field_holds_that_field_alone(kind: type[State]) -> None:
    for at in of(kind):
        states = (random_state(at.kind, seed) for seed in range(99))
        changed = next(state for state in states if at.of(state) != at.of(at.kind()))
        state = replace(at.kind(), **{at.field: at.of(changed)})
        assert list(to_query(state)) == [at.link]


@each_kind
def test_the_defaults_need_no_query_and_no_query_is_the_defaults(kind: type[State]) -> None:
    assert to_query(kind()) == {}
    assert from_query({}, kind()) == (kind(), ())


@each_kind
def test_the_state_can_be_a_key_and_cannot_be_changed(kind: type[State]) -> None:
    assert len({random_state(kind, 1), random_state(kind, 1)}) == 1 < len({random_state(kind, n) for n in range(9)})
    name = fields(kind)[0].name
    with pytest.raises(AttributeError, match=f"cannot assign to field '{name}'"):
        setattr(kind(), name, 9)


def test_a_link_departs_from_another_state_than_the_defaults() -> None:
    start = Setup(side=32, stride=2)
    assert to_query(start, start) == {}
    assert to_query(Setup(side=64, stride=2), start) == {"side": "64"}
    assert from_query({"side": "64"}, start) == (Setup(side=64, stride=2), ())


# Whatever else is in a link.


@each_kind
def test_hostile_text_in_a_link_is_refused_with_one_sentence_or_is_a_sound_value(kind: type[State]) -> None:
    for at in of(kind):
        refused = 0
        for text in TEXTS:
            state, notes = from_query({at.link: text}, at.kind())
            assert is_sound(at.link, at.of(state))
            if notes:
                refused += 1
                assert (state, len(notes)) == (at.kind(), 1)
                assert notes[0].startswith(f"The link's {at.link} must be {ACCEPTS[at.link]}, not “")
                assert notes[0].endswith("; the default is shown instead.")
                assert len(notes[0]) <= LONGEST
            else:
                assert from_query(to_query(state), at.kind()) == (state, ())
                assert all(text.isascii() and text.isprintable() for text in to_query(state).values())
        assert refused >= 0.7 * len(TEXTS)
        for text in REFUSED_BY_ALL:
            kept = EMPTY.get((at.link, text))
            state, notes = from_query({at.link: text}, at.kind())
            assert (state, len(notes)) == ((at.kind(), 1) if kept is None else (kept, 0))


@each_kind
def test_hostile_values_raise_nothing_but_valueerror_or_are_sound(kind: type[State]) -> None:
    for at in of(kind):
        reasons = []
        for value in [*TEXTS, *VALUES]:
            reason = refusal(at, value)
            assert reason or is_sound(at.link, at.of(edited(at.kind(), **{at.field: value}))), repr(value)[:60]
            reasons += [reason] if reason else []
        assert all(reason.startswith(f"{at.link} must be ") and len(reason) <= LONGEST for reason in reasons)
        assert len(reasons) > len(VALUES)
        if not is_switch(at.link):
            assert refusal(at, True).endswith("not “True”")
            assert refusal(at, False).endswith("not “False”")


@each_kind
def test_every_damaged_parameter_has_its_own_sentence_and_the_sound_ones_count(kind: type[State]) -> None:
    (sound,) = (at for at in of(kind) if at.link in SOUND)
    own = {at.link for at in of(kind)}
    text = SOUND[sound.link]
    state, notes = from_query(dict.fromkeys(own, "<script>") | {sound.link: text}, kind())
    assert state == edited(kind(), **{sound.field: text})
    assert [note.removeprefix("The link's ").split()[0] for note in notes] == sorted(own - {sound.link})


@each_kind
def test_a_state_does_not_speak_of_what_is_damaged_in_anothers_part_of_the_link(kind: type[State]) -> None:
    state = random_state(kind, 5)
    others = {at.link: "<script>" for at in PARAMETERS if at.kind is not kind}
    unknown = dict.fromkeys(["K", "utm_source", "Kernel", "kernel ", "__class__", "x" * 100_000, ""], "?")
    assert from_query(others | unknown | to_query(state), kind()) == (state, ())


def test_a_field_is_called_by_its_name_in_a_link_where_that_is_not_its_own() -> None:
    (seed,) = (at for at in PARAMETERS if at.link == "train_seed")
    assert seed.field == "seed"
    assert from_query({"train_seed": "7", "seed": "8"}, seed.kind()) == (edited(seed.kind(), seed=7), ())
    assert to_query(edited(seed.kind(), seed=7)) == {"train_seed": "7"}


# Limits.


def test_limits_are_inclusive_and_are_what_the_widgets_read() -> None:
    for at in PARAMETERS:
        if not (bounds := limits(at.link)):
            continue
        low, high = bounds
        assert link.limits(at.kind, at.field) == bounds
        below, above = (low - 1, high + 1) if whole(at.link) else (nextafter(low, -1e9), nextafter(high, 1e9))
        for value in (low, high, below, above):
            for typed in (int(value) if whole(at.link) else value, f"{value:.17g}"):
                if value in bounds:
                    assert at.of(edited(at.kind(), **{at.field: typed})) == value
                else:
                    assert refusal(at, typed).startswith(f"{at.link} must be ")


def test_choices_are_exactly_those_on_offer() -> None:
    for at in PARAMETERS:
        if choices(at.link):
            for choice in choices(at.link):
                assert at.of(edited(at.kind(), **{at.field: choice})) in (choice, (choice,))
            assert refusal(at, "x").endswith("not “x”")


@pytest.mark.parametrize("zero", ["-0", "-0.0", "-0e5", -0.0, "-1e-400"])
def test_minus_zero_becomes_zero(zero: object) -> None:
    state = edited(Setup(), bias=zero, kernel=[[zero, 1], [zero, zero]])
    for number in (state.bias, state.kernel[0][0], *state.kernel[1]):
        assert (number, copysign(1, number)) == (0.0, 1.0)
    assert "-0" not in str(to_query(state))


def test_a_field_without_limits_has_none() -> None:
    with pytest.raises(TypeError, match="image has no limits"):
        link.limits(Setup, "image")
    assert link.limits(Setup, "untied") == (0, 8)


# The mechanism, on a state of its own.


def test_a_declaration_holds_the_type_the_default_and_the_name() -> None:
    @dataclass(frozen=True, slots=True)
    class Own(State):
        side: Annotated[int, Whole(8, 512), Named("edge")] = 128

    assert edited(Own(), side="9") == Own(9)
    assert to_query(Own(9)) == {"edge": "9"}
    with pytest.raises(ValueError, match=r"^edge must be a whole number from 8 to 512, not “7”$"):
        edited(Own(), side=7)


def test_refusals_do_not_come_from_docstrings() -> None:
    query = {"side": "7", "bias": "x", "zoom": "1"}
    code = "from components.state.link import from_query; from components.state.setup import Setup; "
    code += f"print(from_query({query}, Setup()))"
    said = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == f"{from_query(query, Setup())}\n"
