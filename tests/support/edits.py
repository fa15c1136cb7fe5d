"""Messages of the builder that mean nothing: whatever a script in the browser could send."""

import math
from typing import Any

LONG = "x" * 10**6
NOTHING: list[Any] = [
    *(None, True, 0, 1.5, math.nan, math.inf, 10**5000, "", LONG, [], {}, [[]], b"1", object(), len, ("do", "add")),
    *({"do": None}, {"do": 0}, {"do": ""}, {"do": LONG}, {"do": "eval"}, {"do": "_set"}, {"do": "__class__"}),
    *({"do": []}, {"do": {}}, {"do": ["add"]}, {"do": {"do": "add"}}, {"do": math.nan}),
    *({"do": "add"}, {"do": "add", "at": 0}, {"do": "add", "op": "relu"}, {"do": "remove"}, {"do": "move"}),
    *({"do": "set"}, {"do": "set", "at": 0}, {"do": "set", "at": 0, "name": "maps"}, {"do": "set", "value": "1"}),
    *({"do": "move", "at": 0}, {"do": "move", "to": 0}, {"do": "set", "at": 0, "value": "3"}),
    *([{"do": "undo"}] * 65, [[{"do": "undo"}]], [{"do": "undo"}, None]),
]
OPS: list[Any] = [None, "", "Conv", "lambda", "conv 8 3", LONG, 3, [], {}, ["relu"]]
PLACES: list[Any] = [None, -1, 4, 1.0, math.nan, math.inf, True, 10**30, 10**5000, "-1", "x", LONG, [], [0], {}, b"0"]
TARGETS: list[Any] = [None, -1, 3, 0.0, math.nan, False, 10**30, "x", LONG, [], {}]
OPTION_NAMES: list[Any] = [None, "", "op", "__class__", LONG, 3, [], {}]
VALUES: list[Any] = [
    *(None, 3, True, math.nan, 10**5000, [], ["3"], {}, b"3", "", " ", "-1", "99999", "9" * 10**6, LONG),
    *("3x", "x3", "3x3x3", "1e3", "3.0", "0o3", "３", "²", "nan", "None", "<b>", "3\t5", "3\n5", "3\u20283"),
    *("3 3", "3,3", "3, relu", "maps=3", "8 3 stride=2", ",", "=", "\x00", "\ud800", "$3$", "`3`"),
]
OPTIONS_OF_CONV = ("maps", "size", "stride", "padding", "dilation", "groups", "bias", "mode")
WHOLE_MESSAGE = {"op": "relu", "name": "maps", "value": "4", "to": 0}
HOSTILE: list[Any] = [
    *NOTHING,
    *({"do": "add", "at": 0, "op": op} for op in OPS),
    *(WHOLE_MESSAGE | {"do": do, "at": at} for do in ("add", "remove", "move", "set") for at in PLACES),
    *({"do": "move", "at": 0, "to": to} for to in TARGETS),
    *({"do": "set", "at": 0, "name": name, "value": "3"} for name in OPTION_NAMES),
    *({"do": "set", "at": 0, "name": name, "value": value} for name in OPTIONS_OF_CONV for value in VALUES),
]
