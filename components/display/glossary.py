"""One sentence for each technical term: the help that a page shows where the term first stands. Data."""

GLOSSARY = {
    # a layer
    "kernel": "A small table of weights that slides over the picture: every output is a sum of the pixels under it.",
    "bias": "A number that is added to every output.",
    "activation": "What is done to every sum on its own; ReLU, the usual one, makes negative sums 0.",
    "flip": "Convolution turns the kernel by 180° before it slides. Deep learning leaves it: cross-correlation.",
    "padding": "valid: none. same: as large as the input, divided by the stride and rounded up. "
    "full: every output that touches the picture.",
    "padding mode": "What is taken for pixels beyond the border: 0, a mirror image, the last pixel, or the other side.",
    "stride": "How many pixels the kernel moves on from one output to the next.",
    "dilation": "How far apart the pixels are that the kernel reads; 1: side by side.",
    "channel": "One of several pictures of the same place, such as its red, green and blue.",
    "groups": "1: every output reads every channel. As many as there are channels: depthwise.",
    "block": "The part of the matrix that belongs to one input channel and one output map.",
    # what it costs
    "parameter": "A number the layer is free to learn. A shared weight is one, however often it is used.",
    "connection": "A place where an input and a weight meet; connections that share a weight share one parameter.",
    "multiply-add": "One product, added to a sum: the usual measure of a layer's work.",
    "tied": "Tied: the same weights at every step. Untied: every step has weights of its own.",
    # learning
    "gradient": "How much the loss changes when a weight changes a little; learning moves each weight against it.",
    "rate": "How far each weight moves against its gradient in a step.",
    "batch": "How many digits are looked at before the weights move.",
    "epoch": "Once through all the digits to train with.",
    "overfitting": "A network with many parameters and few examples learns them by heart, and fails on others.",
    "teacher": "The teacher's kernel makes the examples and the noise hides it; the students see the examples alone.",
    "LMS": "Least mean squares: after every sample, each weight moves a little against the error's gradient.",
    "NLMS": "Normalised LMS: every step is divided by the energy of its input, so that loud inputs cannot upset it.",
    "noise variance": "How strong the noise is that is added to what the filter should put out.",
    "trials": "Runs with other samples; their mean shows the error without most of the noise.",
    "excess error": "What remains of the error beside the noise; its share of the noise is called misadjustment.",
    # networks
    "receptive field": "All the pixels of the input that can change this unit.",
    "softmax": "Turns any numbers into chances: all above 0, together 1.",
    "recurrent": "A layer that reads a sequence step by step: its state h goes back in with the next input.",
    "spectral radius": "The size of V's largest eigenvalue: what is multiplied again and again.",
}
