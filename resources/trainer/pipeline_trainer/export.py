"""`export`: an adapter as a folder, a ZIP or GGUF, or merged into its base model, checked before it gets its name."""

import argparse
import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from .adapter_folder import ADAPTER_FILES
from .compare import Verification, compare
from .compare_merged import MergedVerification, Widened, compare_merged, reference_of
from .config import QUANTIZATIONS
from .data.templates import ChatTemplate, load_tokenizer
from .durable import own_staging_folder, publish_new, sha256_of, write_durably
from .errors import TrainerError
from .llama_cpp import export as for_llama_cpp
from .llama_cpp.compare import GgufVerification
from .merge import merge, rounded_to, weight_files

TOKENIZER_FILES: Final = (
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
)
FORMATS: Final = ("adapter", "zip", "merged", *for_llama_cpp.FILES)
TEMPLATE_FILE: Final = "chat_template.jinja"


def main(argv: list[str]) -> int:
    """Print `{event: checking}` once all is written, then `{path, files, verification}`.

    Raises `export_target_exists`, `export_failed`, or what `compare` raises.
    """
    parser = argparse.ArgumentParser(prog="pipeline_trainer export")
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--base-model", type=Path, required=True)
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--card", type=Path)
    parser.add_argument("--run", type=Path, help="the run's folder: a merged model is compared on what it held out")
    parser.add_argument(
        "--quantization", choices=QUANTIZATIONS, default="none", help="of the base model in training, for the report"
    )
    options = parser.parse_args(argv)
    target = target_of(options.to, options.format)
    try:
        with staged(target) as staging:
            fill(staging, options)
            verification = check(staging, options)
            if not verification.ok:
                raise TrainerError(
                    "export_unverified",
                    "The export does not compute what the adapter does.",
                    hint="Verify the model, and export again.",
                )
            files = listing(staging)
            finish(staging, target, options.format)
    except OSError as error:
        raise TrainerError(
            "export_failed",
            f"The export could not be written to {target.parent}: {error.strerror}.",
            hint="Choose another folder, or free space.",
        ) from error
    document = {"path": str(target), "files": files, "verification": asdict(verification)}
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    return 0


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A staging folder of its own beside `target`; what is left of it, and of its ZIP, goes however the block ends."""
    staging = own_staging_folder(target)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        archive_of(staging).unlink(missing_ok=True)


def target_of(to: Path, kind: str) -> Path:
    """The path that the export gets. Raises `export_target_exists`."""
    target = to.resolve()
    if kind == "zip" and target.suffix != ".zip":
        target = target / "adapter.zip" if target.is_dir() else target.with_name(f"{target.name}.zip")
    empty_folder = target.is_dir() and not any(target.iterdir())
    is_folder = kind != "zip" and not for_llama_cpp.is_file(target, kind)
    if target.exists() and not (is_folder and empty_folder):
        raise _taken(target)
    return target


def fill(staging: Path, options: argparse.Namespace) -> None:
    """Adapter or merged weights, tokenizer, chat template and card."""
    if options.format in for_llama_cpp.FILES:
        for_llama_cpp.fill(staging, options)
        return
    if options.format == "merged":
        merge(options.base_model, options.adapter, staging)
    for name in () if options.format == "merged" else ADAPTER_FILES:
        write_durably(staging / name, (options.adapter / name).read_bytes())
    for name in TOKENIZER_FILES:
        if (options.base_model / name).is_file():
            write_durably(staging / name, (options.base_model / name).read_bytes())
    template = ChatTemplate(load_tokenizer(options.base_model))
    write_durably(staging / TEMPLATE_FILE, template.text.encode())
    if options.card is not None:
        write_durably(staging / for_llama_cpp.CARD_FILE, options.card.read_bytes())


def check(staging: Path, options: argparse.Namespace) -> Verification | MergedVerification | GgufVerification:
    """Compare what was written with what is stored; a ZIP is unpacked again for it."""
    if options.format in for_llama_cpp.FILES:
        _tell_checking()
        return for_llama_cpp.check(staging, options)
    if options.format == "merged":
        return check_merged(staging, options)
    if options.format == "adapter":
        return _compared(options, staging)
    with TemporaryDirectory(dir=staging.parent, prefix=".unpacked-") as unpacked:
        archive = pack(staging)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(unpacked)
        return _compared(options, Path(unpacked))


def check_merged(staging: Path, options: argparse.Namespace) -> MergedVerification:
    """Where the base model's type is too coarse for what was learned, the weights are written again in float32."""
    _tell_checking()
    reference = reference_of(options.base_model, adapter=options.adapter, run_dir=options.run)
    rounded = compare_merged(reference, staging, trained_on=options.quantization)
    dtype = rounded_to(staging)
    if rounded.ok or dtype is None:
        return rounded
    for file in weight_files(options.base_model):
        (staging / file).unlink()
    merge(options.base_model, options.adapter, staging, in_float32=True)
    widened = Widened(dtype, rounded.held_out_loss.merged)
    return replace(compare_merged(reference, staging, trained_on=options.quantization), widened=widened)


def _tell_checking() -> None:
    sys.stdout.write(json.dumps({"event": "checking"}) + "\n")
    sys.stdout.flush()


def _compared(options: argparse.Namespace, loaded_again: Path) -> Verification:
    _tell_checking()
    return compare(options.base_model, stored=options.adapter, loaded_again=loaded_again, trained_on=options.quantization)


def archive_of(staging: Path) -> Path:
    """Where the ZIP of a staging folder is packed."""
    return staging.with_name(f"{staging.name}.zip")


def pack(staging: Path) -> Path:
    """The ZIP of a staging folder, beside it."""
    archive = archive_of(staging)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(staging.iterdir()):
            packed.write(path, path.name)
    return archive


def finish(staging: Path, target: Path, kind: str) -> None:
    """Give the checked export its name. Raises `export_target_exists` for one that was taken meanwhile."""
    try:
        publish_new(finished(staging, target, kind), target)
    except FileExistsError as error:
        raise _taken(target) from error


def finished(staging: Path, target: Path, kind: str) -> Path:
    """What of the staging folder gets the name."""
    if kind == "zip":
        return archive_of(staging)
    return staging / target.name if for_llama_cpp.is_file(target, kind) else staging


def _taken(target: Path) -> TrainerError:
    return TrainerError("export_target_exists", f"{target} exists already.", hint="Choose a name that is free.")


def listing(staging: Path) -> list[dict[str, object]]:
    """Name, size and SHA-256 of every file."""
    return [
        {"name": path.name, "size_bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(staging.iterdir())
    ]
