"""What the Explore page says: every number in it is computed from the layer. Pure."""

from dataclasses import replace
from math import prod, sqrt

from components.display import theme, words
from components.display.glossary import GLOSSARY
from components.display.layer import LAYER_NAMES, Layer
from components.state.setup import View
from kernels.layer.counts import count
from kernels.layer.proof import Proof

UNFIT = "This kernel does not fit the picture"
FURTHER = (
    "See what sharing buys and costs: [the picture moves, the output moves with it](compare?comparison=shift) · "
    "[trained on few examples](train?train_tab=size) · "
    "[shared or not, pooled or flattened](train?train_tab=readouts) · "
    "[where its assumption fails: scrambled pixels](compare?comparison=scramble)"
)
SAVINGS = {"local": "by locality", "tiled": "by periodic sharing", "conv": "by sharing"}


def helps(layer: Layer, flip: bool) -> dict[str, str]:
    """What the loom's signs and terms mean, by where they stand in it."""
    weights = words.plural(prod(layer.spec.kernel_size), "weight")
    pixels = words.plural(prod(layer.in_shape), "pixel")
    return {
        "sign": GLOSSARY["convolution"] if flip else GLOSSARY["cross-correlation"],
        "badge": GLOSSARY["NumPy"],
        "transposed": GLOSSARY["transposed"],
        "im2col": GLOSSARY["im2col"],
        "copies": GLOSSARY["untied"],
        "condition": f"{GLOSSARY['K·L ≪ card(X)']} Here: {weights} and {pixels}.",
        "letters": "Puts a letter on each colour, for anyone who cannot tell the colours apart. The link stores this "
        "choice.",
    }


def weight_name(k: int, l: int) -> str:
    """F₁₁; from ten on with a comma, F₁₀,₂."""
    return words.indexed("F", k + 1, l + 1)


def title(layer: Layer) -> tuple[str, str]:
    """('9 weights', ' in place of 15,745,024')."""
    dense = layer.counts["dense"].parameters
    subject = words.plural(prod(layer.spec.kernel_size) + len(layer.untied), "weight") + (
        " and a bias" if layer.spec.bias else ""
    )
    return subject, f" in place of {words.amount(dense)}"


def headline(layer: Layer) -> str:
    """The finding in one sentence, as Markdown: what locality leaves and what sharing leaves, if both leave less."""
    counts = layer.counts
    dense, local, shared = counts["dense"].parameters, counts["local"].parameters, counts["conv"].parameters
    if not shared < local < dense:
        subject, predicate = title(layer)
        return f"Locality and weight sharing: :primary[{subject}]{predicate}"
    what = "weights and biases" if layer.spec.bias else "weights"
    left = f"locality leaves {words.amount(local)} and sharing leaves :primary[{words.amount(shared)}]"
    return f"Of {words.amount(dense)} {what}, {left}"


def invitation(layer: Layer, channels: int) -> str:
    """The line under the title: what a weight is, what is shared and why it may be, and what to point at."""
    windows, taps = prod(layer.out_shape), prod(layer.spec.kernel_size)
    line = f"A weight multiplies a pixel; an output sums over a {words.shape(layer.spec.kernel_size)} window"
    if windows > 1:
        bias = " and the bias" if layer.spec.bias else ""
        line += f". All {words.amount(windows)} windows share the same {taps}{bias}{_why_shared(layer)}"
    line += ". Red, green and blue share them too. " if channels == 3 else ". "
    return f"{line}**One colour, one weight: point at one.**"


def _why_shared(layer: Layer) -> str:
    """What sharing is good for, where that holds in this layer; or what is not shared."""
    if layer.untied:
        return f", but for {words.plural(len(layer.untied), 'untied copy', 'untied copies')}"
    is_pattern = moves_with_picture(layer) and prod(layer.spec.kernel_size) > 1
    return ", so a pattern learned once is found anywhere" if is_pattern else ""


def moves_with_picture(layer: Layer) -> bool:
    """Whether Y moves by one pixel when X does, away from the borders: at stride 1, with all weights tied."""
    return layer.spec.stride == (1, 1) and not layer.untied and prod(layer.out_shape) > 1


def price(layer: Layer, channels: int) -> str:
    """What sharing gives up, where there is more than one position, and the work, which it does not save."""
    if prod(layer.out_shape) == 1:
        return "There is only one position, so nothing is shared."
    dense, local = (channels * layer.counts[kind].multiply_adds for kind in ("dense", "local"))
    work = f"{words.amount(dense)} → {words.amount(local)}" if local < dense else words.amount(local)
    rule = "only the untied copies have a rule of their own" if layer.untied else "no place has a rule of its own"
    return f"The price: {rule}. Multiplications: {work}; sharing saves none."


def cost_rows(layer: Layer, view: View = "conv") -> list[dict[str, str | float]]:
    """One row per kind, dearest first: texts for people, the exact integers beside them.

    why: where the number comes from. side: of a square whose area is true to the number, the first one's being 1.
    """
    dense = layer.counts["dense"].parameters
    rows: list[dict[str, str | float]] = []
    previous = None
    for kind, name in LAYER_NAMES.items():
        if kind == "tiled" and view != "tiled":
            continue
        c = layer.counts[kind]
        fewer = _saving(kind, previous / c.parameters) if previous and c.parameters else ""
        rows.append(
            {
                "kind": kind,
                "name": name,
                "parameters": words.amount(c.parameters),
                "bytes": words.size(c.bytes),
                "connections": words.amount(c.connections),
                "multiply_adds": words.amount(c.multiply_adds),
                "exact": f"{c.parameters:,} free parameters, {c.bytes:,} bytes; {c.connections:,} connections "
                f"({c.padded_connections:,} including those on padding), {c.multiply_adds:,} multiply-adds",
                "saving": fewer,
                "why": ": ".join(filter(None, (_product(layer, kind), fewer))),
                "side": sqrt(c.parameters / dense),
            }
        )
        previous = c.parameters
    return rows


def _saving(kind: View, ratio: float) -> str:
    """36 times fewer again, by sharing."""
    again = " again" if kind != "local" and ratio >= 1 else ""
    return f"{words.fewer(ratio)}{again}, {SAVINGS[kind]}"


def repeated_colours(layer: Layer, view: View, period: int) -> str:
    """That weights of one colour are not one weight, where they are not shared at all positions; "" where they are."""
    if view == "conv" or (view == "tiled" and period == 1):
        return ""
    weights = count(view, replace(layer.spec, bias=False), layer.in_shape, period).parameters
    if weights > theme.UNTIED:
        return f"{words.amount(weights)} weights in {theme.UNTIED} colours: colours repeat"
    return "colours may repeat" if weights > 1 else ""


def total(layer: Layer) -> str:
    """The whole saving in a few words."""
    dense, shared = layer.counts["dense"], layer.counts["conv"]
    ratio = dense.parameters / shared.parameters
    return f"{words.fewer(ratio)} in total: {words.size(shared.bytes)} instead of {words.size(dense.bytes)}"


def _product(layer: Layer, kind: View) -> str:
    """= 36 outputs × 64 inputs, = 36 × 9, = 3 × 3; "" where the number is no such product."""
    outputs, taps = prod(layer.out_shape), prod(layer.spec.kernel_size)
    bias = " + bias" if layer.spec.bias else ""
    reads = {"dense": prod(layer.in_shape), "local": taps}.get(kind)
    if reads and layer.counts[kind].parameters == outputs * (reads + layer.spec.bias):
        rows, inputs = words.amount(outputs), words.amount(reads)
        if kind == "dense":
            rows, inputs = words.plural(outputs, "output"), words.plural(reads, "input")
        return f"= {rows} × " + (f"({inputs}{bias})" if bias else inputs)
    if kind == "conv" and layer.counts[kind].parameters == taps + layer.spec.bias:
        return "= {} × {}{}".format(*layer.spec.kernel_size, bias)
    return ""


def cost_line(layer: Layer) -> str:
    """The whole saving in one sentence."""
    dense, shared = layer.counts["dense"], layer.counts["conv"]
    ratio = dense.parameters / shared.parameters
    than = "than" if ratio >= 1 else "as"
    return (
        f"{words.fewer(ratio)} free parameters {than} fully connected: {words.size(shared.bytes)} instead of "
        f"{words.size(dense.bytes)}."
    )


def proof_line(proof: Proof) -> str:
    """What was measured, and on how much of W; a cross where the two sides differ by more than rounding."""
    mark = ":green[:material/check:]" if proof.holds else ":red[:material/close:]"
    seed = f" (a random sample, seed {proof.seed})" if proof.seed is not None else ""
    every = "all " if proof.rows == proof.of else ""
    return (
        f"{mark} max |W·x − Y| = {words.power(proof.error)}, measured just now on {every}{words.amount(proof.rows)} of "
        f"{words.amount(proof.of)} rows of W{seed}, {words.plural(proof.connections, 'connection')}."
    )
