"""A zip that nobody trusts: unpacked in memory, piece by piece, under limits that all of its parts share.

A small one can unpack to terabytes, bear one name twice, or declare sizes that are not true. `zipfile` stops at a part's declared
size and compares its checksum; the sum of declared sizes, and of the bytes that really come, is held here, for every reader.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from xml.parsers import expat

from sansnom.desk.files.encoding import FileProblem

PARTS_MAX: Final = 2_000
UNPACKED_BYTES_MAX: Final = 200_000_000
_CHUNK_BYTES: Final = 1 << 20
_WRONG: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError),
    expat.ExpatError,
)
"""All that `zipfile` and `expat` say of a file that is not what it should be: encrypted, of an unknown method, cut short."""


class Archive:
    """An opened zip: its parts' names, and their bytes as they come."""

    def __init__(self, source: zipfile.ZipFile) -> None:
        """Take an opened archive; `opened_archive` is the way to get one."""
        self._source = source
        self._unpacked_bytes = 0

    def names(self) -> list[str]:
        """Name the parts, in the order of the archive."""
        return self._source.namelist()

    def pieces(self, name: str) -> Iterator[bytes]:
        """Unpack one part; FileProblem where the archive grows past its limit, or has no such part."""
        try:
            packed = self._source.open(name)
        except KeyError:
            raise FileProblem("file.xlsx.broken") from None
        with packed:
            while piece := packed.read(_CHUNK_BYTES):
                self._unpacked_bytes += len(piece)
                if self._unpacked_bytes > UNPACKED_BYTES_MAX:
                    raise FileProblem("file.xlsx.bomb")
                yield piece

    def read(self, name: str) -> bytes:
        """Unpack one part whole."""
        return b"".join(self.pieces(name))

    def parse(self, name: str, parser: expat.XMLParserType) -> bytes:
        """Give one part to an XML parser as it comes, and give its bytes back; document types are refused."""
        parser.StartDoctypeDeclHandler = _refuse_document_type
        pieces = []
        for piece in self.pieces(name):
            parser.Parse(piece, False)  # noqa: FBT003 - expat's own signature: not the last piece
            pieces.append(piece)
        parser.Parse(b"", True)  # noqa: FBT003 - as above: the last piece
        return b"".join(pieces)


@contextmanager
def opened_archive(content: bytes, parts_most: int = PARTS_MAX) -> Iterator[Archive]:
    """Open a zip; FileProblem for one that is broken, has too many parts, one name twice, or says that it unpacks too far."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            parts = source.infolist()
            if len({part.filename for part in parts}) < len(parts):
                raise FileProblem("file.xlsx.broken")
            if len(parts) > parts_most or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
                raise FileProblem("file.xlsx.bomb")
            yield Archive(source)
    except _WRONG:
        raise FileProblem("file.xlsx.broken") from None


def _refuse_document_type(*_: object) -> None:
    raise FileProblem("file.xlsx.broken")
