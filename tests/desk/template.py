"""A migrated database that the runner of planted faults keeps between tests: migrating takes longer than most of them.

`SANSNOM_TEMPLATES` names a folder. A database is kept there under the digest of what makes it, and only while the folder holds a
file `open`: the runner takes that away before it plants anything, so that no fault ever leaves a database to another test.
"""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Final

_MAKERS: Final = ("*/migrations/*.py", "*/models.py", "*/models/*.py", "*/apps.py", "*/triggers.py", "sqlcipher/*.py")


def kept_template(desk: Path) -> Path | None:
    """Say where a database made by this code of the desk is kept, or would be; None where nobody keeps any."""
    folder = os.environ.get("SANSNOM_TEMPLATES")
    if not folder:
        return None
    told = hashlib.sha256((Path(__file__).parent / "conftest.py").read_bytes())
    for path in sorted({path for pattern in _MAKERS for path in desk.glob(pattern)}):
        told.update(path.relative_to(desk).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return Path(folder) / f"{told.hexdigest()[:32]}.db"


def keep_template(made: Path, kept: Path) -> None:
    """Keep a database that nobody has open, whole or not at all; not once faults are planted."""
    if (kept.parent / "open").exists():
        fresh = kept.with_suffix(f".{os.getpid()}")
        shutil.copy(made, fresh)
        fresh.replace(kept)
