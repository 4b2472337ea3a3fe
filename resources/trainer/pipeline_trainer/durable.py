"""Files and folders that are either there in full or not at all."""

import errno
import hashlib
import os
import secrets
import shutil
from pathlib import Path
from typing import Final

BLOCK_BYTES: Final = 1 << 20
OWN_NAME_BYTES: Final = 4
STAGING_PREFIX: Final = ".staging-"
REPLACED_PREFIX: Final = f"{STAGING_PREFIX}replaced-"
TAKEN: Final = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as blocks:
        while block := blocks.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def fsync_path(path: Path) -> None:
    """Flush a file or a folder's entries to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, content: bytes) -> None:
    """Write and flush one file. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def staging_folder(target: Path) -> Path:
    """An empty folder beside `target` that `publish` renames to it.

    Only for a folder that one process at a time writes to: what has the name already is taken for a killed one's.
    """
    staging = target.parent / f"{STAGING_PREFIX}{target.name}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    return staging


def own_staging_folder(target: Path) -> Path:
    """An empty folder beside `target` that no other process has and that takes nobody's place. Raises OSError."""
    staging = target.parent / f"{STAGING_PREFIX}{target.name}-{secrets.token_hex(OWN_NAME_BYTES)}"
    staging.mkdir(parents=True)
    return staging


def publish(staging: Path, target: Path) -> None:
    """Flush every file of `staging`, then give it the name `target`. Raises OSError."""
    _flush(staging)
    # Deleting takes longer than renaming: what `target` was goes only when the new one stands.
    replaced = target.parent / f"{REPLACED_PREFIX}{target.name}"
    if target.exists():
        shutil.rmtree(replaced, ignore_errors=True)
        target.rename(replaced)
    staging.rename(target)
    fsync_path(target.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def publish_new(staging: Path, target: Path) -> None:
    """As `publish`, of a folder or a file, to a name that nothing has, or an empty folder for a folder.

    Raises FileExistsError, or another OSError.
    """
    _flush(staging)
    if staging.is_dir():
        _rename_folder(staging, target)
    else:
        _rename_file(staging, target)
    fsync_path(target.parent)


def _rename_folder(staging: Path, target: Path) -> None:
    """The system itself refuses it over a file, or a folder that holds anything."""
    try:
        staging.rename(target)
    except OSError as error:
        if error.errno in TAKEN:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        raise


def _rename_file(staging: Path, target: Path) -> None:
    """The system lets a file take another's place, so the name is made first: that is refused where it is there."""
    # A hard link would do in one step, but exFAT, as on a USB stick, has none.
    target.touch(exist_ok=False)
    try:
        staging.rename(target)
    except OSError:
        target.unlink()
        raise


def _flush(path: Path) -> None:
    """A file, or a folder with all that is in it."""
    for inner in sorted(path.rglob("*")):
        fsync_path(inner)
    fsync_path(path)


def sweep_staging(parent: Path) -> None:
    """Remove what a killed process left half written; what it was about to replace gets its name back."""
    for replaced in parent.glob(f"{REPLACED_PREFIX}*"):
        target = parent / replaced.name.removeprefix(REPLACED_PREFIX)
        if not target.exists():
            replaced.rename(target)
    for path in parent.glob(f"{STAGING_PREFIX}*"):
        shutil.rmtree(path, ignore_errors=True)
