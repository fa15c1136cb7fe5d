"""What of a PNG its pixels need, and what it says of them, apart from each other.

Pillow gives a whole picture up for one broken or very long note; browsers ignore it. So the notes never reach Pillow.
"""

import struct
import zlib

NEEDED = b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"
CODED: dict[bytes, tuple[float, ...]] = {  # primaries and curve by number: sRGB, BT.2020 and Display P3
    bytes([1, 13]): (),
    bytes([9, 13]): (0.3127, 0.329, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046),
    bytes([12, 13]): (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
}
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


def as_bytes(data: bytes) -> bytes:
    """A PNG of 16-bit grey and alpha as one of four 8-bit channels: of each number the high byte and the low one."""
    header = b"IHDR" + data[16:24] + bytes([8, 6]) + data[26:29]
    return data[:12] + header + zlib.crc32(header).to_bytes(4, "big") + data[33:]


def profile(notes: dict[bytes, bytes]) -> bytes:
    """The colour profile among the notes; empty where none can be unpacked, or code points come first."""
    if _code(notes):
        return b""
    try:
        return zlib.decompressobj().decompress(notes.get(b"iCCP", b"").partition(b"\0")[2][1:], PROFILE)
    except zlib.error:
        return b""


def gamma(notes: dict[bytes, bytes]) -> float:
    """The gamma among the notes; 0, for sRGB's own curve, where that is said or nothing is."""
    plain = b"sRGB" in notes or _code(notes)
    return 0.0 if plain else int.from_bytes(notes.get(b"gAMA", b"")[:4], "big") / 100_000


def primaries(notes: dict[bytes, bytes]) -> tuple[float, ...]:
    """The chromaticities among the notes, of white, red, green and blue; none for those of sRGB.

    As browsers do, those in numbers count only beside a gamma.
    """
    if code := _code(notes):
        return CODED[code]
    body = notes.get(b"cHRM", b"")
    if b"sRGB" in notes or b"gAMA" not in notes or len(body) != 32:
        return ()
    return tuple(number / 100_000 for number in struct.unpack(">8I", body))


def _code(notes: dict[bytes, bytes]) -> bytes:
    """The coding-independent code points, ITU-T H.273, where they are known and sRGB's curve goes with them."""
    code = notes.get(b"cICP", b"")[:2]
    return code if code in CODED else b""
