"""From bytes to text: UTF-8, UTF-16 and the western encoding of Windows; what is doubtful is refused, not guessed.

A wrong guess would turn names into nonsense that links to nobody, in silence.
"""

import codecs
import re

from sansnom.terms.errors import SansnomError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_THREE_ACCENTED = re.compile(rb"[\xc0-\xff]{3}")
_VALID_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")
_PROBE_BYTES = 4096


class FileProblem(SansnomError):
    """A file, or one row of it, that cannot be read; carries the row where one is known."""

    def __init__(self, code: str, row: int | None = None, **parameters: str | int) -> None:
        """Keep the row apart from the parameters of the sentence."""
        super().__init__(code, **parameters)
        self.row = row


def decode(content: bytes) -> tuple[str, str]:
    """Give the text and the encoding it was in; FileProblem when it is none that we trust, or holds a NUL."""
    text, encoding = _decode(content)
    place = text.find("\0")
    if place >= 0:
        raise FileProblem("file.nul", row=text.count("\n", 0, place) + 1)
    return text, encoding


def _decode(content: bytes) -> tuple[str, str]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _strictly(content, encoding), encoding.removesuffix("-sig")
    wide = _without_mark(content)  # before UTF-8: plain letters in UTF-16 are valid UTF-8 with NULs between
    if wide:
        return _strictly(content, wide), wide
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if len(_VALID_UTF8_LETTER.findall(content)) > content.decode("utf-8", errors="replace").count("\ufffd"):
        raise FileProblem("file.encoding.broken")
    if _THREE_ACCENTED.search(content):  # no word of French, English or Spanish has three accented letters in a row
        raise FileProblem("file.encoding.doubtful")
    return _strictly(content, "cp1252"), "cp1252"


def _without_mark(content: bytes) -> str:
    """Name the UTF-16 of a file without a mark: half of its first bytes are NUL, on one side."""
    probe = content[:_PROBE_BYTES]
    even, odd = probe[0::2].count(0), probe[1::2].count(0)
    if max(even, odd) * 4 < len(probe) or min(even, odd) * 8 > max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise FileProblem("file.encoding.doubtful" if encoding == "cp1252" else "file.encoding.broken") from None
