"""From bytes to text by MSH-18 (HL7 table 0211), and what is done where a sender says one thing and sends another."""

from dataclasses import dataclass

CODECS = {
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "ISO IR6": "ascii",
    "ISO IR14": "iso2022_jp",
    "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_1",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "BIG-5": "big5",
    "WINDOWS-1252": "cp1252",
} | {f"8859/{part}": f"iso8859_{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)}

_UNSAID = "utf-8"
_LAST_RESORT = "cp1252"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that read it, and whether that is what was declared (or, with nothing declared, expected)."""

    text: str
    codec: str
    as_declared: bool


def is_known(name: str) -> bool:
    return name.strip().upper() in CODECS


def decode(content: bytes, declared: str | None, *, unsaid: str | None = None) -> Decoded:
    """The bytes as text, whatever they are: by the declared character set, else UTF-8, else Windows-1252.

    `declared` is MSH-18's first repetition (the base character set); `unsaid` is the set agreed on for a source that
    declares none. The last resort replaces the five bytes that Windows-1252 leaves undefined.
    """
    name = declared or unsaid
    wanted = CODECS.get(name.strip().upper()) if name else _UNSAID
    for codec in dict.fromkeys((wanted, _UNSAID)):
        if codec is None:
            continue
        try:
            return Decoded(content.decode(codec), codec, as_declared=codec == wanted)
        except UnicodeDecodeError:
            continue
    return Decoded(content.decode(_LAST_RESORT, errors="replace"), _LAST_RESORT, as_declared=wanted == _LAST_RESORT)
