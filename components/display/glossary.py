"""A one-sentence definition of each technical term: the help a page shows where the term first appears. Data."""

GLOSSARY = {
    # a layer
    "kernel": "A small array of weights that slides over the picture; each output is the weighted sum of the "
    "pixels under it. It has one slice per input channel.",
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
    "cross-correlation": "⊛, cross-correlation: the kernel slides over the picture; each output adds up weight × pixel "
    "over its window.",
    "convolution": "⊛, convolution: the kernel, rotated by 180°, slides over the picture; each output adds up weight × "
    "pixel over its window.",
    # what it costs
    "parameter": "A number the layer can learn. A shared weight counts once, however often it is used.",
    "multiply-add": "One multiplication and one addition: the usual measure of a layer's computational cost.",
    "K·L ≪ card(X)": "Locality: nothing outside the window is seen. Sharing: all places are treated alike. Best with "
    "far fewer weights than pixels: in symbols, K·L ≪ card(X).",
    "transposed": "Wᵀ, W with rows and columns swapped: it scatters each output back over its window, as "
    "back-propagation does.",
    "im2col": "im2col, image to columns: each window becomes a column, pixels repeat where W repeats weights, and one "
    "matrix product does the rest.",
    "untied": "Every use of a weight becomes a separate weight; then one gradient step; then tie them again.",
    "NumPy": "Computed on the server by NumPy, Python's library for arrays; while you edit, the browser shows its own "
    "preview.",
    "tied": "Tied: one weight for several connections, possibly in different steps, layers or branches. Untied: a "
    "separate weight for each connection.",
    # symmetry
    "orbit": "All connections that the symmetries map onto one another: they must share a weight.",
    "equivariance": "Transforming the input transforms the output in the same way: W·(moved x) = moved (W·x).",
    "invariance": "Transforming the input leaves the output unchanged.",
    "circulant": "Each row is the one above, shifted by one and wrapped around: a convolution on a ring.",
    "Toeplitz": "Constant along every diagonal: a convolution's W, without wrapping around. In two dimensions its "
    "blocks repeat likewise.",
    # learning
    "gradient": "How fast the loss changes as a weight changes; gradient descent moves each weight in the "
    "opposite direction.",
    "rate": "The step size: the factor by which the gradient is multiplied in each update.",
    "batch": "How many training digits are used for each update of the weights.",
    "epoch": "One pass through the training set.",
    "overfitting": "A network with many parameters can memorise a small training set and then fail on new examples.",
    "pooling": "Global pooling reduces each map to one number, its maximum or its mean, and so discards position.",
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
