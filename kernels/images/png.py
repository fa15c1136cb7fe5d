"""What of a PNG its pixels need, and what it says of them, apart from each other.

Pillow gives a whole picture up for one broken or very long note; browsers ignore it. So the notes never reach Pillow.
"""

import zlib

NEEDED = b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"
PROFILE = 2**22  # bytes of a colour profile, unpacked; the largest that printers have is about half of it


def parts(data: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """The file with what its pixels need only, and the contents of its other chunks, whose checksums are right.

    >>> from zlib import crc32
    >>> gamma = b"gAMA" + (45455).to_bytes(4, "big")
    >>> parts(b"\\x89PNG\\r\\n\\x1a\\n" + b"\\0\\0\\0\\4" + gamma + crc32(gamma).to_bytes(4, "big"))[1]
    {b'gAMA': b'\\x00\\x00\\xb1\\x8f'}
    """
    notes: dict[bytes, bytes] = {}
    kept, at = [data[:8]], 8
    while at < len(data):
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if name in NEEDED:
            kept.append(data[at:end])
        elif zlib.crc32(data[at + 4 : end - 4]).to_bytes(4, "big") == data[end - 4 : end]:
            notes.setdefault(name, data[at + 8 : end - 4])
        at = len(data) if name == b"IEND" else end
    return b"".join(kept), notes


def profile(notes: dict[bytes, bytes]) -> bytes:
    """The colour profile among the notes; empty where there is none, or one that cannot be unpacked."""
    try:
        return zlib.decompressobj().decompress(notes.get(b"iCCP", b"").partition(b"\0")[2][1:], PROFILE)
    except zlib.error:
        return b""


def gamma(notes: dict[bytes, bytes]) -> float:
    """The gamma among the notes; 0 where there is none, or the colours are said to be sRGB, which counts for more."""
    return 0.0 if b"sRGB" in notes else int.from_bytes(notes.get(b"gAMA", b"")[:4], "big") / 100_000
