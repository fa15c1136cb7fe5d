"""What a visitor can type, write into a link or have a component send, and nobody should."""

import math

from components.state.setup import Setup

SCRIPTS = [
    *("<script>alert(1)</script>", "<img src=x onerror=1>", "![x](//example.org/x.png)", "[x](javascript:alert(1))"),
    *(":red[x]", "$x$", "`x`"),
]
ODD = [  # what looks like a number, or is no text at all
    *("²", "½", "٣", "१", "１２", "−1", "\x00", "\n", "\ud800", "\udfff\ud800", "\u202e1", "1\u200b", " 1", "1_0"),
    *("-0", "+1", "0x1", "1e5", "🧵", "--1", "+"),
]
TEXTS = [
    *SCRIPTS,
    *ODD,
    *("", " ", "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e300", "-1e300", "1e-400", "0x10", "-1", "1.5"),
    *("1" + "0" * 31, "9" * 100_000, "1," * 100_000, "1;" * 100_000, "," * 100_000, ";" * 100_000, "-" * 100_000),
    *("x" * 100_000, "None", "True", "[]", "{}", "[[1]]", "null", "{0}", "%s%s%n", "../../etc/passwd", "__class__"),
    *("1,2;3", "1,2;", ";", ",", "1,,2", "1;2,3", ";".join(["1"] * 16), ",".join(["1"] * 16), "1,2,3,4,5", "5,1,5,1"),
    *("'; drop table states;--", "conv ", "Conv", "grey,rgb", "valid;same", "1/2|3", "|", "1|", "/", "1/2/3/4/5"),
    *("0,0,0,0.5;0,0,0,0.5", "1,15,0,1", "1,0,15,1", "-1,0,0,1", "1,0,0,nan", "0123456789", "g" * 8, "-".join("0" * 9)),
    *("0,0,2", "0,0,16", "512,0,9", "0,512,9", "-1,0,9", "0,0,9,9", "0,0", "0,0,3.0", "0,0,9999999999"),
    *("conv,", ",conv", "conv,recurrent", "dense;conv", "conv,conv,conv,conv,conv", "CONV", "16,0,0", "0,5,0", "0,0,5"),
    *("cat,dot,cat,dot,cat", "cat,nowhere", "6,0,0", "0,1000,0", "-".join(["0" * 33] * 33), "-".join(["0" * 8] * 7)),
    *("|".join("1" * 7), "-".join(["F" * 8] * 8), "-".join(["0" * 7] * 7)),
]


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


VALUES: list[object] = [
    *(None, True, False, math.nan, math.inf, -math.inf, 1e300, -1e300, 1e-320, 0.5, 1.5, -0.0, -1, 0, 10**4, 2**53),
    *(10**30, -(10**30), 10**4000, -(10**400), [], (), {}, set(), [[]], [[], []], [[1], [1, 2]], [[[1]]], [[None]]),
    *([["x"]], [[math.nan]], [[True]], [True], [1, 2, 3], [[1]] * 16, [[1] * 16], [{}], [{"0": 1}], {"0": [1]}),
    *({"length": 3}, {"a": {"b": []}}, [None] * 1000, [[1] * 16] * 16, b"1", b"\xff", 1j, object(), Setup(), len),
    *([[1, 2], "ab"], [[0, 0, 0, 1]] * 2, [[0, 0, 0, 1]] * 9, [0, 5, 0, math.nan], [5, 0, 5, 0], [[0.5, 0, 0, 1]]),
    *([0, 0, 2], [0, 0, 16], [-1, 0, 9], [0, 512, 9], [0, 0, True], [0, 0, 9.0], [0, [0], 9], [0, 0], (0, 0, 9, 9)),
    *(["conv", None], ["conv", ["dense"]], [16, 0, 0], [0, 5, 0], [0, 0, 5], [0, 0, -1], [6, 0, 0], [0, 1000, 0]),
    *([[[[1]]], [[[1, 2]]]], [[[[1]]]] * 7, [[[[1]]] * 5], [[[[1] * 8]]], ["cat"] * 5, [[[[math.nan]]]]),
    *(["x" * 100_000], [["9" * 100_000]], [["1" * 39]], [[10**30]], nested(60), [0, nested(3000), 9], [nested(60)] * 3),
]
NO_PLACES: list[object] = [  # instead of two whole numbers
    *(None, 3, "12", {"place": [1, 2]}, [], [1, 2, 3], [[1], [2]], [True, 1], [1, 2.5], [math.nan, 1], ["x", 1]),
]
