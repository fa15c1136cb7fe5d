"""A page to print: what was found, how it is computed, and three questions. Pure.

Every colour has its name beside it, so that a copier without colours loses nothing.
"""

from html import escape
from math import prod

import numpy as np

from components.display import image, setup_text, theme, words
from components.display.document import html_document, link_line
from components.display.layer import LAYER_NAMES, Convolved, Layer, floor_of, window_weights, without_noise
from components.pages.explore import text
from components.pages.explore.export import figure
from components.state.setup import DRAWING, Setup
from kernels.layer.axis import PADDING

LINES = 3  # to write an answer on
TERMS = 25  # of the worked sum that are written out
SIDE = 360  # pixels, about: of a picture
STYLE = """
@page { size: auto; margin: 14mm 15mm; }
body { font-size: 10.5pt; }
h1 { margin: 0 0 2mm; font-size: 19pt; line-height: 1.2; }
h2 { margin: 5mm 0 1mm; font-size: 12pt; break-after: avoid; page-break-after: avoid; }
p { margin: 1mm 0; }
.pictures { display: flex; flex-wrap: wrap; gap: 4mm; align-items: flex-start; }
figure { flex: 1 1 40mm; max-width: 58mm; margin: 1mm 0; }
figcaption { font-size: 9pt; color: #333; }
img { border: .2mm solid #777; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: .8mm 2.5mm; border: .2mm solid #777; text-align: right; font-weight: normal; }
.costs { width: 100%; } .costs th { text-align: left; } thead th { font-weight: 600; }
.kernel td { min-width: 9mm; padding: 1mm 1.5mm; text-align: center; } .kernel b { display: block; }
.kernel.fine td { min-width: 0; padding: .4mm; font-size: 6.5pt; line-height: 1.2; }
.formula { font-size: 12.5pt; font-family: Cambria, Georgia, "Times New Roman", serif; }
.formula sub, .formula sup { font-size: 70%; line-height: 0; }
.line { height: 8mm; border-bottom: .2mm solid #777; }
footer { margin-top: 5mm; padding-top: 2mm; border-top: .2mm solid #777; font-size: 9pt; color: #333; }
"""


def handout(convolved: Convolved, link: str) -> str:
    """A page or two, on A4 or Letter. link: where this can be seen and tried; "" for nowhere."""
    state, layer = convolved.state, convolved.layer
    subject, predicate = (escape(part) for part in text.title(layer))
    says, source = (escape(part) for part in setup_text.known(state))
    body = f"""<h1>{subject}{predicate}</h1>
<p>{escape(text.cost_line(layer))}</p>
<div class="pictures">
{_pictures(convolved)}
</div>
<section>
<h2>The kernel</h2>
<p>{says}{f" ({source})" if source else ""}</p>
{_kernel(state)}
</section>
<section>
<h2>The formula</h2>
{_formula(state, layer)}
</section>
<section>
<h2>One output, worked through</h2>
{_worked(convolved)}
</section>
<section>
<h2>Cost</h2>
{_costs(state, layer)}
</section>
{_questions(state, layer)}
<footer>{_found_at(link)}{_credit(state)}</footer>"""
    return html_document(f"{subject}{predicate}", STYLE, body)


def _pictures(convolved: Convolved) -> str:
    state, layer, planes, result = convolved.state, convolved.layer, convolved.planes, convolved.result
    rows, cols = prod(layer.out_shape), prod(layer.in_shape) + layer.spec.bias
    high = words.figure(result.scale.high)
    if not result.scale.signed:
        scale = f"black is 0, white {high}"
    elif len(result.levels) == 1:
        scale = f"blue is −{high}, white 0, red {high}"
    else:
        scale = f"in each colour, from −{high} through 0 to {high}"
    shown = (
        ("Input X", f"{words.shape(planes.shape[1:])} pixels", figure.rgb_picture(planes)),
        ("Output Y", f"{words.shape(layer.out_shape[1:])}; {scale}", figure.output_picture(result)),
        ("Weight matrix W", f"{LAYER_NAMES[state.view]}, {rows:,} × {cols:,}", figure.matrix_picture(state, layer)),
    )
    return "\n".join(
        f'<figure><img src="{image.png_url(figure.enlarged(picture, SIDE))}" alt="{escape(f"{name}: {what}")}">'
        f"<figcaption><b>{name}</b> {escape(what)}</figcaption></figure>"
        for name, what, picture in shown
    )


def _kernel(state: Setup) -> str:
    """Each weight in its colour, with its name and its value."""
    K, L = state.kernel_size
    colours = theme.weights(K, L).reshape(K, L, 3)
    rows = [
        "".join(
            f'<td style="background: {theme.css(colours[k, l])}; color: {theme.ink(colours[k, l])}">'
            f"<b>{text.weight_name(k, l)}</b>{words.figure(state.kernel[k][l])}</td>"
            for l in range(L)
        )
        for k in range(K)
    ]
    fine = " fine" if L >= figure.FIGURES else ""
    return f'<table class="kernel{fine}">' + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _formula(state: Setup, layer: Layer) -> str:
    """The article's, with this layer's stride, dilation, padding, bias and activation where it has them."""
    K, L = state.kernel_size
    before = [pads[0] for pads in layer.spec.pads]
    row, col = (_index(name, tap, state, pad) for name, tap, pad in zip("ij", "kl", before, strict=True))
    weight = f"F<sub>{K + 1}−k,{L + 1}−l</sub>" if state.flip else "F<sub>kl</sub>"
    total = f"Σ<sub>k=1</sub><sup>{K}</sup> Σ<sub>l=1</sub><sup>{L}</sup> X[{row}, {col}] · {weight}"
    total += f" {_signed(state.bias)}" if state.bias else ""
    total = total if state.activation == "none" else f"{state.activation}( {total} )"
    notes = [f"K·L = {K * L:,} weights, used at {words.plural(prod(layer.out_shape), 'position')}."]
    if any(map(any, layer.spec.pads)):
        notes.append(f"Outside the picture X is {PADDED[state.mode]}.")
    if layer.untied:
        own = words.plural(len(layer.untied), "untied use has its own weight", "untied uses have their own weights")
        notes.append(f"{own} instead.")
    return f'<p class="formula">Y[i, j] = {total}</p><p>{escape(" ".join(notes))}</p>'


PADDED = {
    "zeros": "0",
    "reflect": "mirrored about its border pixels",
    "replicate": "equal to the nearest border pixel",
    "circular": "continued from the opposite side",
}


def _index(output: str, tap: str, state: Setup, before: int) -> str:
    """Row or column of the input, counted from 1: stride·(i − 1) + dilation·(k − 1) + 1 − padding."""
    first, second = (name if n == 1 else f"{n}{name}" for n, name in ((state.stride, output), (state.dilation, tap)))
    constant = 1 - before - state.stride - state.dilation
    rest = f" {'+' if constant > 0 else '−'} {abs(constant)}" if constant else ""
    return f"{first} + {second}{rest}"


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'} {words.figure(abs(value))}"


def _worked(convolved: Convolved) -> str:
    """The strongest output of the first channel, product by product."""
    state, result = convolved.state, convolved.result
    i, j = (int(n) for n in np.unravel_index(np.abs(result.linear[0]).argmax(), result.linear[0].shape))
    products = _products(convolved, i, j)
    shown, rest = products[:TERMS], products[TERMS:]
    terms = " + ".join(f"{words.figure(x)} · {words.term(f)}" for x, f in shown)
    if rest:
        more = words.figure(sum(x * f for x, f in rest))
        terms += f" + … ({words.plural(len(rest), 'more product')}, in total {more})"
    terms += f" {_signed(state.bias)}" if state.bias else ""
    total = float(without_noise(result.linear[0, i, j], floor_of(state, convolved.planes, convolved.layer.untied)))
    value = float(result.output[0, i, j])
    ends = "" if state.activation == "none" else f"; {state.activation} turns this into <b>{words.figure(value)}</b>"
    colour = " in red" if len(convolved.planes) == 3 else ""
    before = " before the activation" if ends else ""
    return (
        f"<p>Y[{i + 1}, {j + 1}]{colour} is the largest in magnitude{before}. "
        f"Pixels run from 0 (black) to 1 (white); every product is a pixel times its weight, row by row"
        f"{', leaving out those on padding' if len(products) < prod(state.kernel_size) else ''}:</p>"
        f'<p class="formula">{terms or "0"} = <b>{words.figure(total)}</b>{ends}</p>'
        f"<p>All numbers are rounded to three figures here; the sum uses full precision.</p>"
    )


def _products(convolved: Convolved, i: int, j: int) -> list[tuple[float, float]]:
    """(pixel, weight) for every real input of this output; untied copies with their own value."""
    layer = convolved.layer
    rows, cols = layer.spec.axes(layer.in_shape)
    own = {use.tap: use.value for use in layer.untied if use.output == (i, j)}
    found = []
    for (k, l), weight in np.ndenumerate(window_weights(convolved.state)):
        r, c = rows.sources()[k, i], cols.sources()[l, j]
        if PADDING not in (r, c):
            found.append((float(convolved.planes[0, r, c]) / 255, own.get((k, l), float(weight))))
    return found


def _costs(state: Setup, layer: Layer) -> str:
    heads = ("Layer", "Free parameters", "Memory", "Connections", "Multiply-adds", "")
    fields = ("parameters", "bytes", "connections", "multiply_adds", "saving")
    rows = "".join(
        f"<tr><th>{escape(str(row['name']))}</th>"
        + "".join(f"<td>{escape(str(row[field]))}</td>" for field in fields)
        + "</tr>"
        for row in text.cost_rows(layer, state.view)
    )
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f'<table class="costs"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _questions(state: Setup, layer: Layer) -> str:
    """Three, about this very layer, each with lines to write on."""
    _, height, width = layer.in_shape
    K, L = state.kernel_size
    middle = f"{(height + 1) // 2}, {(width + 1) // 2}"
    asked = (
        f"The picture becomes {2 * height:,} × {2 * width:,} pixels. How many free parameters does the convolution "
        f"have now, and by roughly what factor does the fully connected layer grow? Why?",
        f"The pixel X[{middle}] becomes brighter. Which outputs change, at most how many, and through which weights?",
        f"The picture is shifted one pixel to the right. What happens to Y away from the border, and what in W is "
        f"the reason? Would this hold if each of the {K * L:,} weights could differ from position to position?",
    )
    lines = '<div class="line"></div>' * LINES
    return "\n".join(
        f"<section>\n<h2>Question {n}</h2>\n<p>{question}</p>\n{lines}\n</section>"
        for n, question in enumerate(asked, start=1)
    )


def _found_at(link: str) -> str:
    return f"<p>{link_line(link)}</p>" if link else ""


def _credit(state: Setup) -> str:
    """Whom to thank for the picture, and with what this was made."""
    thanks = figure.picture_credit(state)
    own = "Picture: drawn in Weight Loom." if state.image == DRAWING else "Picture: uploaded."
    return f"<p>{escape(f'Picture: {thanks}.' if thanks else own)} Made with Weight Loom, MIT licence.</p>"
