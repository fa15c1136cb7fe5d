"""What each named kernel makes of a picture, as small pictures to choose from. Pure."""

from components.display import image
from components.display.layer import noise_floor, scale_of, without_noise
from kernels.images.decode import unit
from kernels.layer.conv import correlate
from kernels.layer.presets import PRESETS, kernel
from kernels.layer.spec import Bytes, Floats, LayerSpec

SIDE = 48  # pixels along the longer side of the picture they are made of, at most
OFFERED = tuple(known for known in PRESETS if known.id not in ("random", "zero"))


def thumbnails(plane: Bytes) -> list[dict[str, str]]:
    """{"id", "title", "src"} of each kernel on offer, in its own size, on a picture (H, W) of up to SIDE pixels.

    src: a PNG as a data: URL, as large as the picture; signed results blue and red, others grey.
    """
    picture = unit(plane)
    return [
        {"id": known.id, "title": known.title, "src": image.png_url(_drawn(picture, kernel(known.id)))}
        for known in OFFERED
    ]


def _drawn(picture: Floats, weights: Floats) -> Bytes:
    K, L = weights.shape
    spec = LayerSpec((K, L), padding="same", padding_mode="replicate")
    sums = correlate(picture[None], weights[None, None], spec)[0]
    result = without_noise(sums, noise_floor(weights, 0.0, float(picture.max())))
    scale = scale_of(result)
    return image.signed(result, scale.high) if scale.signed else image.grey(result / scale.high)
