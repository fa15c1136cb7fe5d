"""A one-sentence definition of each technical term: the help a page shows where the term first appears. Data."""

GLOSSARY = {
    # a layer
    "kernel": "A small array of weights that slides over the picture; each output is the weighted sum of the "
    "pixels under it.",
    "bias": "A constant added to every output.",
    "activation": "A function applied to each output separately; ReLU, the usual choice, sets negative values to 0.",
    "flip": "Convolution rotates the kernel by 180° before sliding it. Deep learning omits the flip "
    "(cross-correlation).",
    "padding": "valid: no padding. same: the output has the input's size, divided by the stride and rounded up. "
    "full: every output whose window touches the picture.",
    "padding mode": "How pixels beyond the border are filled: with 0, a mirror image, the nearest pixel, or "
    "the opposite side.",
    "stride": "How many pixels the kernel moves from one output to the next.",
    "dilation": "The spacing of the pixels the kernel reads; 1 means adjacent pixels.",
    "channel": "One of several maps of the same scene, such as the red, green or blue of a picture.",
    "groups": "1: every output reads every channel. One group per channel: depthwise convolution.",
    "block": "The part of the matrix that connects one input channel to one output map.",
    # what it costs
    "parameter": "A number the layer can learn. A shared weight counts once, however often it is used.",
    "connection": "A link from one input to one output; connections that share a weight share one parameter.",
    "multiply-add": "One multiplication and one addition: the usual measure of a layer's computational cost.",
    "tied": "Tied: the same weights at every step. Untied: separate weights for each step.",
    # learning
    "gradient": "How fast the loss changes as a weight changes; gradient descent moves each weight in the "
    "opposite direction.",
    "rate": "The step size: how far each weight moves against its gradient in one update.",
    "batch": "How many training digits are used for each update of the weights.",
    "epoch": "One pass through the training set.",
    "overfitting": "A network with many parameters can memorise a small training set and then fail on new examples.",
    "teacher": "The teacher's kernel generates the training targets, plus noise; the students see only the examples.",
    "LMS": "Least mean squares: after every sample, each weight takes a small step against the gradient of the "
    "squared error.",
    "NLMS": "Normalised LMS: each step is divided by the input energy, so that strong inputs do not destabilise it.",
    "noise variance": "The variance of the noise added to the desired output.",
    "trials": "Independent runs with different random samples; averaging them smooths the learning curve.",
    "excess error": "The mean-square error in excess of the noise variance; its ratio to that variance is the "
    "misadjustment.",
    # networks
    "receptive field": "All input pixels that can affect this unit.",
    "softmax": "Turns any numbers into probabilities: positive, summing to 1.",
    "recurrent": "A layer that reads a sequence step by step and feeds its state h back in with the next input.",
    "spectral radius": "The largest magnitude of V's eigenvalues: it sets how powers of V grow or decay.",
}
