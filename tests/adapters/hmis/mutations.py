"""An export as it should not be: what goes wrong on the way, and what somebody might do to it on purpose."""

import io
import zipfile
from collections.abc import Callable
from random import Random

Files = dict[str, bytes]
Mutation = Callable[[Files, Random], None]

_ENCODINGS = ("utf-16", "cp1252", "utf-8-sig", "utf-7", "latin-1")
_ENDINGS = (b"\n", b"\r", b"\r\r\n", b"\n\n")
_STREWN = (b'"', b'""', b",", b"\0", b"\r", b"\n", b"\xff", b"\xef\xbb\xbf", b'","', b"'", b"\\")


def mutated(files: Files, random: Random) -> bytes:
    """A zip of the files after one to four mutations; one zip in five is damaged itself."""
    changed = dict(files)
    for _ in range(random.randint(1, 4)):
        random.choice(MUTATIONS)(changed, random)
    packed = bytearray(_zipped(changed))
    if random.random() < 0.2:
        _damage(packed, random)
    return bytes(packed)


def _zipped(files: Files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _damage(packed: bytearray, random: Random) -> None:
    if random.random() < 0.3:
        del packed[random.randrange(len(packed)) :]
        return
    for _ in range(random.randint(1, 8)):
        packed[random.randrange(len(packed))] = random.randrange(256)


def _some(files: Files, random: Random) -> str:
    return random.choice(sorted(files)) if files else "Client.csv"


def flip_bytes(files: Files, random: Random) -> None:
    content = bytearray(files.get(name := _some(files, random), b""))
    for _ in range(random.randint(1, 30) if content else 0):
        content[random.randrange(len(content))] = random.randrange(256)
    files[name] = bytes(content)


def cut(files: Files, random: Random) -> None:
    content = files.get(name := _some(files, random), b"")
    files[name] = content[: random.randint(0, len(content))]


def cut_rows(files: Files, random: Random) -> None:
    lines = files.get(name := _some(files, random), b"").splitlines(keepends=True)
    for _ in range(min(len(lines), random.randint(1, 3))):
        place = random.randrange(len(lines))
        lines[place] = lines[place][: random.randint(0, len(lines[place]))]
    files[name] = b"".join(lines)


def strew(files: Files, random: Random) -> None:
    content = files.get(name := _some(files, random), b"")
    for _ in range(random.randint(1, 10)):
        place = random.randint(0, len(content))
        content = content[:place] + random.choice(_STREWN) + content[place:]
    files[name] = content


def swap_columns(files: Files, random: Random) -> None:
    lines = files.get(name := _some(files, random), b"").splitlines(keepends=True)
    if lines and lines[0].count(b","):
        headings = lines[0].strip().split(b",")
        one, other = random.randrange(len(headings)), random.randrange(len(headings))
        headings[one], headings[other] = headings[other], headings[one]
        lines[0] = b",".join(headings) + b"\r\n"
    files[name] = b"".join(lines)


def swap_values(files: Files, random: Random) -> None:
    lines = files.get(name := _some(files, random), b"").splitlines(keepends=True)
    for place in range(1, len(lines)):
        values = lines[place].strip().split(b",")
        random.shuffle(values)
        lines[place] = b",".join(values) + b"\r\n"
    files[name] = b"".join(lines)


def lose(files: Files, random: Random) -> None:
    files.pop(_some(files, random), None)


def empty(files: Files, random: Random) -> None:
    files[_some(files, random)] = b""


def keep_the_header(files: Files, random: Random) -> None:
    name = _some(files, random)
    files[name] = files.get(name, b"").partition(b"\n")[0] + b"\n"


def repeat(files: Files, random: Random) -> None:
    name = _some(files, random)
    files[name] = files.get(name, b"") * random.randint(2, 3)


def recode(files: Files, random: Random) -> None:
    name = _some(files, random)
    files[name] = files.get(name, b"").decode("utf-8", "replace").encode(random.choice(_ENCODINGS), "replace")


def end_lines_otherwise(files: Files, random: Random) -> None:
    name = _some(files, random)
    files[name] = files.get(name, b"").replace(b"\r\n", random.choice(_ENDINGS), random.randint(1, 20))


def lengthen(files: Files, random: Random) -> None:
    content = files.get(name := _some(files, random), b"")
    place = random.randint(0, len(content))
    files[name] = (
        content[:place] + random.choice((b"x", b'"', b",", b"1,")) * random.choice((300, 140_000)) + content[place:]
    )


def rename(files: Files, random: Random) -> None:
    name = _some(files, random)
    files[random.choice((name.upper(), f"a/{name}", f"../{name}", "more.zip", "Notes.txt"))] = files.pop(name, b"")


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    cut,
    cut_rows,
    strew,
    swap_columns,
    swap_values,
    lose,
    empty,
    keep_the_header,
    repeat,
    recode,
    end_lines_otherwise,
    lengthen,
    rename,
)
