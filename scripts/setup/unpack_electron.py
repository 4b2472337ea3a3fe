"""Unpack the Electron inside a packaged application, without the application.

Usage: unpack_electron.py ARCHIVE.zip TOP_FOLDER OUT_DIR
"""

import shutil
import sys
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

EXECUTABLE_BITS = 0o111


def main(archive: Path, top: str, out_dir: Path) -> None:
    with ZipFile(archive) as files:
        for entry in files.infolist():
            inside = PurePosixPath(entry.filename).relative_to(top)
            if not entry.is_dir() and belongs_to_electron(inside):
                unpack(files, entry, out_dir / inside)


def belongs_to_electron(inside: PurePosixPath) -> bool:
    return inside.parts[0] != "resources" and ".." not in inside.parts


def unpack(files: ZipFile, entry: ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with files.open(entry) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    # Python's own extraction drops the executable bits, which zip keeps in the upper half.
    if (entry.external_attr >> 16) & EXECUTABLE_BITS:
        target.chmod(0o755)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
