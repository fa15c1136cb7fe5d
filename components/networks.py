"""A wiring as a network picture: inputs on the left, outputs on the right, a line a connection, in its colour. Pure."""

from base64 import b64encode

from components import theme
from components.state import View
from kernels.spec import LayerSpec
from kernels.wiring import wiring

PIXELS = 8
TAPS = 3
WIDTH, HEIGHT = 120, 84
NETWORK_SHAPE = HEIGHT, WIDTH


def network(kind: View, kernel_size: tuple[int, int], period: int) -> str:
    """This kind of layer on one row of PIXELS pixels, at most TAPS taps of the kernel's middle row: a data: URL."""
    K, L = kernel_size
    taps = min(L, TAPS)
    spec, in_shape = LayerSpec((1, taps)), (1, 1, PIXELS)
    layer = wiring(kind, spec, in_shape, period)
    middle = K // 2 * L + (L - taps) // 2
    shared = theme.weights(K, L)[middle:]
    static = theme.untied()
    lines = []
    for target, source, id in zip(layer.targets.tolist(), layer.sources.tolist(), layer.ids.tolist(), strict=True):
        tap = layer.copies[[id]].indices  # which of the taps this parameter stands in for; none outside the window
        if kind == "conv" or (kind == "tiled" and period == 1):
            colour = shared[tap[0]]
        elif kind == "tiled":
            colour = static[theme.tiled_ink(middle + tap[0], target % period)]
        else:
            colour = static[theme.untied_ink(target, source)]
        y = [_place(n, count) for n, count in ((source, PIXELS), (target, layer.shape[0]))]
        lines.append(
            f'<line x1="10" y1="{y[0]:.1f}" x2="{WIDTH - 10}" y2="{y[1]:.1f}" stroke="{theme.css(colour)}" '
            f'stroke-width="{2.2 if len(tap) else 1}"/>'
        )
    dots = [
        f'<circle cx="{x}" cy="{_place(n, count):.1f}" r="3.6" fill="#8b8d94"/>'
        for x, count in ((10, PIXELS), (WIDTH - 10, layer.shape[0]))
        for n in range(count)
    ]
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(lines)}{"".join(dots)}</svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(picture.encode()).decode()


def _place(n: int, count: int) -> float:
    """Height of the n-th of `count` neurons."""
    return (n + 0.5) / count * (HEIGHT - 12) + 6
