"""The matrix of several channels, a block for every pair of output and input: whole, a window of it, as a network."""

from components.display import diagram, image, matrix, theme
from components.display.cards import Card, Picture
from components.display.layer import Layer
from components.pages.channels import window
from components.pages.channels.state import Channels
from kernels.layer.spec import Bytes


def whole(layer: Layer) -> matrix.Tiles:
    """All of W on as many tiles as can be drawn."""
    return matrix.window_tiles(layer, "conv", False, 1, matrix.visible_window(layer, ()))


def coloured(own: Channels, layer: Layer, tiles: matrix.Tiles) -> Bytes:
    """Tiles of W in the colours of the bank, one hue per slice of a kernel, (rows, columns, 4)."""
    return image.tiles_picture(tiles, theme.bank(own.outputs, layer.spec.weight_shape[1], *own.kernel_size))


def matrix_cards(own: Channels, layer: Layer) -> list[Card]:
    """The part of W that is chosen, and the layer as a network on rows of pixels."""
    tiles = matrix.window_tiles(layer, "conv", False, 1, window.window(layer, own.part))
    (rows, cols), (top, bottom, first, last) = window.size(layer), tiles.window
    told = f"Rows {top + 1:,} to {bottom:,}, columns {first + 1:,} to {last:,} of {rows:,} × {cols:,}"
    note = f"{own.outputs} × {layer.in_shape[0]} blocks, one hue per slice of a kernel"
    src = image.png_url(coloured(own, layer, tiles))
    near = Picture("close-up", f"{told} of the matrix W", src, (tiles.rows, tiles.cols))
    net = diagram.channels(layer.spec.weight_shape[1], own.outputs, own.groups, own.kernel_size)
    alt = "The layer as a network on rows of 4 pixels"
    network = Picture("rows of 4 pixels", alt, net, diagram.MIMO_SHAPE)
    return [Card(told, "", note, (near,)), Card("As a network", "", "inputs on the left", (network,))]
