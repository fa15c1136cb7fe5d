"""The words of a network: there and back again, and whatever else is typed is refused with the reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels import SpecError
from kernels.networks.description import LONGEST, MOST, OPTIONS, LayerConfig, parse, parse_layer, text_of

Texts = st.SearchStrategy[str]
once = settings(derandomize=True, database=None, deadline=None, max_examples=40)


def numbers(low: int, high: int) -> Texts:
    return st.integers(low, high).map(str)


def pairs(low: int, high: int) -> Texts:
    """Canonical: one number where both are the same."""
    two = st.tuples(st.integers(low, high), st.integers(low, high))
    return st.one_of(numbers(low, high), two.map(lambda ab: str(ab[0]) if ab[0] == ab[1] else f"{ab[0]}x{ab[1]}"))


def channels() -> Texts:
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"
    reads = st.sets(st.sampled_from(letters), min_size=1).map(lambda some: "".join(sorted(some)))
    return st.lists(reads, min_size=1, max_size=5).map("/".join)


WORDS = st.sampled_from(["valid", "same", "full"])
STRIDE, BIAS = ("stride", pairs(1, 32), "1"), ("bias", st.sampled_from("01"), "1")
MAPS, SIZE = ("maps", numbers(1, 4096), ""), ("size", pairs(1, 64), "")
POOL = [("size", numbers(1, 64), ""), ("stride", numbers(0, 64), "0")]
# Every word there is: its options in order, each with its canonical texts and the default, "" where it must be given.
GRAMMAR: dict[str, list[tuple[str, Texts, str]]] = {
    "conv": [
        MAPS, SIZE, STRIDE, ("padding", st.one_of(WORDS, pairs(0, 64)), "0"), ("dilation", pairs(1, 16), "1"),
        ("groups", numbers(1, 4096), "1"), BIAS,
        ("mode", st.sampled_from(["zeros", "reflect", "replicate", "circular"]), "zeros"),
    ],
    "local": [MAPS, SIZE, STRIDE, BIAS],
    "tiled": [MAPS, SIZE, ("period", numbers(1, 64), ""), STRIDE, BIAS],
    "table": [("maps", channels(), ""), SIZE, STRIDE, BIAS],
    "max": POOL,
    "mean": POOL,
    "subsample": [("size", numbers(1, 64), "")],
    "pad": [
        ("frame", pairs(0, 64), ""),
        ("value", st.one_of(numbers(-100, 100), st.sampled_from(["0.5", "-0.25", "0.1", "-99.75", "1e-05"])), "0"),
    ],
    "dense": [("units", numbers(1, 10_000), ""), BIAS],
    **{op: [] for op in [
        "unitbias", "relu", "tanh", "sigmoid", "globalmax", "globalmean", "norm", "flatten", "softmax", "split",
        "shortcut", "add",
    ]},
}  # fmt: skip


@st.composite
def written_layers(draw: st.DrawFn) -> tuple[str, str]:
    """One layer as somebody might write it, and as it should be written."""
    op = draw(st.sampled_from(sorted(GRAMMAR)))
    said, short, named = [op], [op], []
    for name, texts, default in GRAMMAR[op]:
        value = draw(texts)
        if not default:
            said.append(value)
            short.append(value)
        elif draw(st.booleans()):
            named.append(f"{name}={value}")
            short += [f"{name}={value}"] if value != default else []
    space = draw(st.sampled_from([" ", "  ", "\t", " \n "]))
    return space.join([*said, *draw(st.permutations(named))]), " ".join(short)


def test_the_grammar_here_has_every_word_and_every_option() -> None:
    assert {op: [option.name for option in options] for op, options in OPTIONS.items()} == {
        op: [name for name, _, _ in options] for op, options in GRAMMAR.items()
    }


@once
@given(st.lists(written_layers(), max_size=6), st.sampled_from([",", ", ", " ,\n"]))
def test_what_is_written_comes_back_in_its_shortest_form(steps: list[tuple[str, str]], comma: str) -> None:
    found = parse(comma.join(long for long, _ in steps))
    assert text_of(found) == ", ".join(short for _, short in steps)
    assert parse(text_of(found)) == found
    assert [one.op for one in found] == [short.split()[0] for _, short in steps]
    assert hash(found) == hash(parse(text_of(found)))


def reading(text: str) -> tuple[LayerConfig, ...] | str:
    """The layers, or why there are none."""
    try:
        return parse(text)
    except SpecError as error:
        return str(error)


@once
@given(
    st.one_of(st.text(max_size=30), st.text(alphabet="conv relu,pad max table=sx_0123456789.-+e/\t", max_size=40)),
    st.sampled_from(sorted(GRAMMAR)),
)
def test_whatever_is_typed_is_read_or_refused(rest: str, op: str) -> None:
    for text in (rest, f"{op} {rest}", f"pad 1 value={rest}", f"conv 8 3 stride={rest}", f"table {rest} 3"):
        found = reading(text)
        assert found.startswith("layer ") if isinstance(found, str) else parse(text_of(found)) == found


def test_a_number_that_was_read_can_be_read_again_and_minus_nothing_is_nothing() -> None:
    for number in ("-.12345678901234567", "-0.3333333333333333", ".12345678901234e-99", "1e-300", "-5e-324", "99.9999"):
        found = parse(f"pad 1 value={number}")
        assert found[0]["value"] == float(number)
        assert parse(text_of(found)) == found
    for number in ("-0", "-0.0", "-1e-999"):
        nothing = parse_layer(f"pad 1 value={number}")
        assert (str(nothing["value"]), str(nothing)) == ("0.0", "pad 1")


def test_a_text_whose_shortest_form_is_too_long_is_refused() -> None:
    table = "/".join(["0123456789"] * 1060)
    text = f"table {table} 3,"
    text += "relu," * ((LONGEST - len(text)) // 5)
    with pytest.raises(SpecError, match=f"at most {LONGEST:,} characters long, got 12,"):
        parse(text[:-1])
    assert text_of(parse("relu," * 200 + "relu"))


def test_defaults_are_those_of_the_layers_and_nothing_written_is_no_layers() -> None:
    conv = parse_layer("conv 8 3x5")
    names = ["maps", "size", "stride", "padding", "dilation", "groups", "bias", "mode"]
    assert [conv[name] for name in names] == [8, (3, 5), (1, 1), (0, 0), (1, 1), 1, True, "zeros"]
    assert [parse_layer("max 3")[name] for name in ("size", "stride")] == [3, 0]
    assert [parse_layer("pad 1x2 value=-1")[name] for name in ("frame", "value")] == [(1, 2), -1.0]
    assert parse_layer("table 01/z 2")["maps"] == ((0, 1), (35,))
    assert parse_layer("dense 10 bias=0")["bias"] is False
    assert parse_layer("relu") == LayerConfig("relu")
    assert [parse(text) for text in ("", "   ", "\n\t")] == [()] * 3
    assert text_of(()) == ""


WHOLE = {
    "maps": "a whole number from 1 to 4096",
    "size": "a whole number from 1 to 64, or two such as 3x5",
    "stride": "a whole number from 1 to 32, or two such as 3x5",
    "dilation": "a whole number from 1 to 16, or two such as 3x5",
    "padding": "valid, same, full or a whole number from 0 to 64, or two such as 1x2",
    "mode": "one of zeros, reflect, replicate, circular",
    "value": "a number from −100 to 100",
    "table": "the channels each map reads, such as 012/123/234, from 0 to 9 and a to z",
}
REFUSED: list[tuple[str, str]] = [
    *((f"conv {bad} 3", f"maps of conv must be {WHOLE['maps']}, got {bad[:20]!r}") for bad in [
        "0", "4097", "-1", "1_0", "+8", "8.0", "1e3", "nan", "8x8", "\uff18", "\u0668", "\u00b2", "9" * 5000,
    ]),
    *((f"conv 8 {bad}", f"size of conv must be {WHOLE['size']}, got {bad[:20]!r}") for bad in [
        "3x", "x3", "x", "3x3x3", "0", "65", "3x65", "0x3", "3X5", "3×5", "-3", "3x-3", "\u0663x3",
    ]),
    *((f"conv 8 3 stride={bad}", f"stride of conv must be {WHOLE['stride']}, got {bad!r}") for bad in [
        "", "0", "33", "1x33", "2x", "1_0", "1.5", "True",
    ]),
    *((f"conv 8 3 dilation={bad}", f"dilation of conv must be {WHOLE['dilation']}, got {bad!r}") for bad in [
        "0", "17",
    ]),
    *((f"conv 8 3 padding={bad}", f"padding of conv must be {WHOLE['padding']}, got {bad!r}") for bad in [
        "65", "-1", "Same", "wrap", "1x", "",
    ]),
    *((f"conv 8 3 mode={bad}", f"mode of conv must be {WHOLE['mode']}, got {bad!r}") for bad in ["wrap", "", "ZEROS"]),
    *((f"conv 8 3 bias={bad}", f"bias of conv must be 0 or 1, got {bad!r}") for bad in ["2", "true", "", "01"]),
    *((f"pad 1 value={bad}", f"value of pad must be {WHOLE['value']}, got {bad[:20]!r}") for bad in [
        "1e999", "-1e999", "nan", "inf", "-inf", "100.001", "-101", "1_0", "\u0663", "\uff11", "0x10", "", "--1", "1e",
        "0" * 10_000, "1j",
    ]),
    *((f"table {bad} 3", f"maps of table must be {WHOLE['table']}, got {bad[:20]!r}") for bad in [
        "00", "10", "01/", "/01", "01//2", "A", "\u0660", "0-3", "/" * 5000, "0/" * 4999 + "0", "ba",
    ]),
    ("tiled 8 3 0", "period of tiled must be a whole number from 1 to 64, got '0'"),
    ("max 0", "size of max must be a whole number from 1 to 64, got '0'"),
    ("mean 2 stride=-1", "stride of mean must be a whole number from 1 to 64, or 0 for the size itself, got '-1'"),
    ("max 2 stride=65", "stride of max must be a whole number from 1 to 64, or 0 for the size itself, got '65'"),
    ("dense 10001", "units of dense must be a whole number from 1 to 10000, got '10001'"),
    ("pad 65", "frame of pad must be a whole number from 0 to 64, or two such as 3x5, got '65'"),
    ("conv", f"conv needs maps: {WHOLE['maps']}"),
    ("conv 8", f"conv needs size: {WHOLE['size']}"),
    ("tiled 8 3", "tiled needs period: a whole number from 1 to 64"),
    ("conv 8 3 2", "conv takes 2 unnamed values, and '2' is one too many"),
    ("relu 3", "relu takes 0 unnamed values, and '3' is one too many"),
    ("conv 8 3 stride=2 stride=2", "conv sets stride twice"),
    ("conv 8 3 size=3", "conv sets size twice"),
    ("conv 8 3 strides=2", "conv has no option 'strides'"),
    ("conv 8 3 =3", "conv has no option ''"),
    ("conv 8 3 stride==2", "conv has no option 'stride='"),
    ("local 8 3 padding=1", "local has no option 'padding'"),
    *((op, f"a layer must be one of {', '.join(OPTIONS)}, got {op[:20]!r}") for op in [
        "=", "RELU", "conv8", "__class__", "relu;", "\x00", "\ud800", "c" * 11_000, "зоо",
    ]),
]  # fmt: skip


def test_an_error_names_the_layer_and_what_it_must_be() -> None:
    for n, (text, message) in enumerate(REFUSED):
        before, number = (("", 1), ("relu, ", 2), ("conv 8 3,max 2,", 3))[n % 3]
        with pytest.raises(SpecError) as refused:  # the whole message is compared
            parse(before + text)
        assert str(refused.value) == f"layer {number}: {message}"
    for text, number in ((",", 1), ("relu,", 2), (",relu", 1), ("relu,,relu", 2), ("relu, ,", 2), ("," * 255, 1)):
        with pytest.raises(SpecError, match=rf"^layer {number}: a layer must be one of conv, .*, got ''$"):
            parse(text)
    for text in ("conv size=3 8", "conv stride=2 8 3", "conv 8 stride=2 3", "pad value=1 2"):
        found = reading(text)  # if refused, then not for an option that was never there twice nor a value too many
        assert not isinstance(found, str) or ("twice" not in found and "one too many" not in found)


def test_more_than_anybody_writes_is_refused_unread() -> None:
    for text in ("," * 10**6, "conv 8 3 " * 10**5, "9" * 10**6, "=" * 10**6, " " * 12_001, "\u0663" * 12_001):
        with pytest.raises(SpecError, match=rf"^a network must be at most 12,000 characters long, got {len(text):,}$"):
            parse(text)
    assert len(parse(",".join(["relu"] * MOST))) == MOST == 256
    for many in (257, 2000):
        with pytest.raises(SpecError, match=rf"^a network must have at most 256 layers, got {many}$"):
            parse(",".join(["relu"] * many))
