"""What of a picture's file its pixels need: everything else of an upload never reaches a decoder.

Comments, profiles, previews, private parts and EXIF are kept by Pillow's readers as they go, in lists and
dictionaries: 20 MB made of nothing but empty ones take more than a gigabyte, or minutes. So the file is taken apart
here, by its specification, in one pass, and put together again without them. Of EXIF only the orientation is read.

What is cut short or contradicts itself is passed on as it came, or raises: the decoder or the caller says so.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from struct import unpack_from

PARTS = 100_000  # chunks, segments or entries of one file: a few thousand is much
TABLE = 2**20  # bytes of one table of a TIFF: where its strips are, its palette
FRONT = 2**20  # bytes within which a GIF's first frame begins
OS2 = b"\x0c"  # the size of a BMP's oldest header, in which nothing is said of codes
CODES = 2**22  # bytes of the run-length codes of a BMP, which Pillow reads one by one

_MARKER = rb"\xff([\x01-\xfe])"
_BARE = {0x01, *range(0xD0, 0xDA)}  # JPEG markers without a length
_TABLES = {*range(0xC0, 0xD0), *range(0xDB, 0xE0)}  # sizes, quantisation, codes: what the scans are read with
_METADATA = {*range(0xE0, 0xF0), 0xFE}
_SCAN, _APP1 = 0xDA, 0xE1
_ORIENTATION = 274
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_SINGLE = {256, 257, 259, 262, 266, 277, 278, 284, 292, 293, 317, 322, 323, 332, *range(512, 516)}  # TIFF: one number
_PIXELS = _SINGLE | {258, 273, 279, 320, 324, 325, 338, 339, 347, *range(519, 522), *range(529, 533)}  # all it needs


def essence(data: bytes) -> tuple[bytes, int]:
    """The picture in a file without anything else, and its EXIF orientation, 1 to 8 (1 where it has none)."""
    for magic, take in _TAKE.items():
        if data.startswith(magic):
            return take(data)
    return data, 1


def orientation(exif: bytes) -> int:
    """The orientation an EXIF block names; 1, upright, where it is damaged or names none."""
    exif = exif.removeprefix(b"Exif\0\0")
    try:
        found = next((body for _, _, body in _directory(exif, {_ORIENTATION})), b"\1")
    except struct.error:
        return 1
    number = int.from_bytes(found, "little" if exif[:2] == b"II" else "big")
    return number if 1 <= number <= 8 else 1


def _png(data: bytes) -> tuple[bytes, int]:
    """Header, palette, transparency and one chunk of pixels."""
    kept, pixels, turn, at = {b"": data[:8]}, bytearray(), 1, 8
    for _ in range(PARTS):
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if name == b"IDAT":
            pixels += data[at + 8 : end - 4]
        elif name in (b"IHDR", b"PLTE", b"tRNS") and not pixels:
            kept.setdefault(name, data[at:end])
        elif name == b"eXIf" and zlib.crc32(data[at + 4 : end - 4]).to_bytes(4, "big") == data[end - 4 : end]:
            turn = orientation(data[at + 8 : end - 4])
        at = end
        if name == b"IEND" or at >= len(data):
            break
    else:
        raise ValueError(f"more than {PARTS} chunks")
    body = [_chunk(b"IDAT", pixels)] if pixels else []
    return b"".join([*kept.values(), *body, _chunk(b"IEND", b"")]), turn


def _chunk(name: bytes, body: bytes | bytearray) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _jpeg(data: bytes) -> tuple[bytes, int]:
    """The tables, the two short segments that say which colours these are, and from the first scan on everything."""
    kept, turn, at, view = bytearray(data[:2]), 1, 2, memoryview(data)
    for _ in range(PARTS):
        found = re.search(_MARKER, view[at:])
        if found is None:
            break
        start, code = at + found.start(), found[1][0]
        if code == _SCAN:
            return bytes(kept + data[start:]), turn
        end = start + 2 + (0 if code in _BARE else int.from_bytes(data[start + 2 : start + 4], "big"))
        name = data[start + 4 : start + 9]
        if code in _TABLES or (code in (0xE0, 0xEE) and name in (b"JFIF\0", b"Adobe")):
            kept += data[start:end]
        elif code == _APP1 and name == b"Exif\0" and turn == 1:
            turn = orientation(data[start + 4 : end])
        elif code not in _METADATA | _BARE:
            raise ValueError(f"no segment of a JPEG begins with {code:#x}")
        at = max(end, start + 2)
    raise ValueError(f"no scan among the first {PARTS} segments")


def _gif(data: bytes) -> tuple[bytes, int]:
    """The screen, with room for the first frame, the last control block before it, and from it on everything."""
    at = 13 + (6 << (data[10] & 7) if data[10] & 128 else 0)
    screen, control = data[:at], b""
    while at < min(len(data), FRONT):
        kind, start = data[at : at + 1], at
        if kind == b",":
            width, height, left, top, columns, rows = *unpack_from("<2H", data, 6), *unpack_from("<4H", data, at + 1)
            extent = struct.pack("<2H", max(width, left + columns), max(height, top + rows))
            return screen[:6] + extent + screen[10:] + control + data[at:], 1
        at += 1
        if kind == b"!":
            at += 1
            while at < FRONT and (size := data[at]):
                at += 1 + size
            at += 1
            if data[start + 1] == 0xF9:
                control = data[start:at]
    raise ValueError(f"no frame begins in the first {FRONT} bytes")


def _bmp(data: bytes) -> tuple[bytes, int]:
    """A BMP has nothing else; one of run-length codes is cut where reading it would take too long."""
    coded = data[14:15] > OS2 and data[30:34] in (b"\1\0\0\0", b"\2\0\0\0")
    return (data[:CODES] if coded else data), 1


def _webp(data: bytes) -> tuple[bytes, int]:
    """As it is: its reader is written in C and keeps its chunks where they are."""
    at = 12
    for _ in range(PARTS):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"EXIF":
            return data, orientation(data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
        if at >= len(data):
            break
    return data, 1


def _tiff(data: bytes) -> tuple[bytes, int]:
    """The tags its pixels need, in a new directory behind everything else; no second page, no other directory."""
    order, wide = _form(data)
    bodies, places, turn = bytearray(data + data[:1] * (len(data) % 2)), {}, 1
    for tag, kind, body in _directory(data, _PIXELS | {_ORIENTATION}):
        if tag == _ORIENTATION:
            turn = int.from_bytes(body, "little" if order == "<" else "big")
            continue
        value = body.ljust(8 if wide else 4, b"\0")
        if len(value) > (8 if wide else 4):
            value = struct.pack(order + ("Q" if wide else "I"), len(bodies))
            bodies += body + body[:1] * (len(body) % 2)
        places[tag] = struct.pack(order + ("HHQ" if wide else "HHI"), tag, kind, len(body) // _SIZES[kind]) + value
    entries = b"".join(entry for _, entry in sorted(places.items()))
    at = len(bodies)
    bodies += struct.pack(order + ("Q" if wide else "H"), len(places)) + entries + bytes(8)
    head = 8 if wide else 4
    bodies[head : 2 * head] = struct.pack(order + ("Q" if wide else "I"), at)
    return bytes(bodies), turn if 1 <= turn <= 8 else 1


def _form(data: bytes) -> tuple[str, bool]:
    """The order of bytes, and whether it is a BigTIFF."""
    return ("<" if data[:2] == b"II" else ">"), data[2:4] in (b"+\0", b"\0+")


def _directory(data: bytes, wanted: set[int]) -> Iterator[tuple[int, int, bytes]]:
    """(tag, kind, bytes) of these entries of a TIFF's first directory whose values lie within the file.

    Each once, however often it is there, and one number where there should be one: entries may all name the same bytes.
    """
    order, wide = _form(data)
    address = order + ("Q" if wide else "I")
    form = order + ("HHQ8s" if wide else "HHI4s")
    (at,) = unpack_from(address, data, 8 if wide else 4)
    if at > len(data):
        raise struct.error("the directory lies outside the file")
    (many,) = unpack_from(order + ("Q" if wide else "H"), data, at)
    at += 8 if wide else 2
    wanted = set(wanted)
    for n in range(min(many, PARTS)):
        tag, kind, count, value = unpack_from(form, data, at + n * struct.calcsize(form))
        if tag not in wanted:
            continue
        wanted.remove(tag)
        one = _SIZES.get(kind, 0)
        size = count * one
        least = one if size and tag in _SINGLE | {_ORIENTATION} else size
        if len(value) < size <= TABLE:
            (place,) = unpack_from(address, value)
            value = data[place : place + least]
        if 0 < least <= len(value):
            yield tag, kind, value[:least]


_TAKE: dict[bytes, Callable[[bytes], tuple[bytes, int]]] = {
    b"\x89PNG": _png,
    b"\xff\xd8": _jpeg,
    b"GIF8": _gif,
    b"BM": _bmp,
    b"RIFF": _webp,
    b"II": _tiff,
    b"MM": _tiff,
}
