"""What the builder shows of the network: one row per layer. Pure."""

from itertools import zip_longest
from typing import Any

from components.display import words
from components.pages.network.builder.history import History
from components.pages.network.layers import NAMES
from kernels.networks.description import LONGEST, OPTIONS, Option, written
from kernels.networks.plan import Plan, volume_text

LABELS = {"maps": "maps", "units": "units", "size": "K×L", "frame": "before×after", "mode": "padding mode"}


def props(made: Plan, history: History[Any], refusal: str) -> dict[str, Any]:
    """Every layer with its options, its volume where it fits, and the sentence where it does not."""
    fault = made.fault
    rows = [
        {
            "op": step.op,
            "name": NAMES[step.op],
            "options": [_option(o, v) for o, v in zip(OPTIONS[step.op], step.values, strict=True)],
            "volume": volume_text(row.out_shape) if row else "",
            "parameters": words.plural(row.parameters, "weight") if row and row.parameters else "",
            "fault": fault.sentence if fault and fault.at == n else "",
        }
        for n, (step, row) in enumerate(zip_longest(made.configs, made.rows))
    ]
    kinds = [{"op": op, "name": name} for op, name in NAMES.items()]
    return {
        "rows": rows,
        "kinds": kinds,
        "refusal": refusal,
        "longest": LONGEST,
        "undo": bool(history.past),
        "redo": bool(history.future),
    }


def _option(option: Option, value: object) -> dict[str, Any]:
    return {
        "name": option.name,
        "label": LABELS.get(option.name, option.name),
        "value": written(value),
        "default": None if option.default is None else written(option.default),
        "choices": option.choices,
        "switch": isinstance(option.default, bool),
        "help": option.read.words,
    }
