"""The colour profile of sRGB, as small as one can be: PDF/A asks for it. Made here, since the package has no other.

ICC.1:2001-04 (version 2): three primaries adapted to D50, and one curve of gamma 2.2 for all.
"""

from struct import pack

_D50 = (0.9642, 1.0, 0.8249)
_PRIMARIES = {"rXYZ": (0.4361, 0.2225, 0.0139), "gXYZ": (0.3851, 0.7169, 0.0971), "bXYZ": (0.1431, 0.0606, 0.7141)}
_GAMMA = 2.2
_HEADER = 128


def srgb_profile() -> bytes:
    """The profile."""
    name = b"sRGB\0"
    described = b"desc\0\0\0\0" + pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)
    curve = b"curv\0\0\0\0" + pack(">IH", 1, round(_GAMMA * 256)) + bytes(2)
    tags = {
        "desc": described,
        "cprt": b"text\0\0\0\0Public domain\0",
        "wtpt": _xyz(_D50),
        **{tag: _xyz(value) for tag, value in _PRIMARIES.items()},
        **dict.fromkeys(("rTRC", "gTRC", "bTRC"), curve),
    }
    return _assembled(tags)


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _fixed(values: tuple[float, float, float]) -> bytes:
    return b"".join(pack(">i", round(value * 65536)) for value in values)


def _assembled(tags: dict[str, bytes]) -> bytes:
    table, data = b"", b""
    start = _HEADER + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag.encode() + pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    size = start + len(data)
    header = pack(">I4xI4s4s4s", size, 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(_D50)
    return header.ljust(_HEADER, b"\0") + pack(">I", len(tags)) + table + data
