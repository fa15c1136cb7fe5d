"""Network in three sentences, a function for each tab. Pure."""

from components.display import words
from components.display.summary import Summary, finding
from components.pages.network import convolution, costs, published
from kernels.networks.plan import Plan


def activations(made: Plan, told: str) -> Summary:
    """told: what the network says of its input, or why it is not run."""
    return Summary(
        f"What flows through {words.plural(len(made.rows), 'layer')}, from the input at the left to the output at the "
        "right, each volume as its maps.",
        finding(told),
        "Walk through a map with the arrow keys and open a unit with Enter, or choose another “Input”.",
    )


def layers(made: Plan) -> Summary:
    return Summary(
        f"A builder with {words.plural(len(made.rows), 'layer')}, each with its settings, its volume and its "
        "parameters.",
        finding(costs.verdict(made)),
        "Change, add, move or remove a layer.",
    )


def cost(made: Plan) -> Summary:
    return Summary(
        f"A table of {words.plural(len(made.rows), 'layer')}: parameters and multiply-adds of each, with and without "
        "sharing.",
        finding(costs.verdict(made)),
        "Find the layer with the most parameters, and the one that sharing makes smaller most.",
    )


def figures() -> Summary:
    return Summary(
        f"{words.plural(len(published.figures()), 'published figure')} of networks since 1989 beside those computed "
        "from their descriptions, and depthwise separable blocks.",
        finding(published.title()),
        "Open “Sources and deviations” for what differs and why.",
    )


def sliding(found: convolution.Answers) -> Summary:
    return Summary(
        f"A small network's answers at {words.plural(found.windows, 'window')} of a larger picture, as a chart, and "
        "its fully connected layer written as a convolution.",
        finding(convolution.sentence(found)),
        "Choose another “Example”, or press “Run it layer by layer”.",
    )


def code(made: Plan) -> Summary:
    return Summary(
        "The network as a program, one tab per library.",
        finding(costs.verdict(made)),
        "Copy the program and run it: it builds the same layers.",
    )
