"""From the canonical dataset and the split to the rows that a run trains and holds out."""

from dataclasses import dataclass
from pathlib import Path

from ..config import JobFile
from ..errors import TrainerError
from .batches import Row
from .masks import tokenize
from .records import Record, read_records
from .split import read_split
from .templates import ChatTemplate


@dataclass(frozen=True, slots=True)
class Rows:
    """`truncated` counts records that lost turns to `max_length`."""

    train: list[Row]
    held_out: list[Row]
    truncated: int


def load_rows(run_dir: Path, *, job: JobFile, template: ChatTemplate, cache_dir: Path | None) -> Rows:
    """Tokenise every record of the split, in the order of the dataset. Raises TrainerError."""
    del cache_dir  # rows of this size tokenise in seconds
    split = read_split(run_dir / "split.json")
    sides = {**dict.fromkeys(split.train, "train"), **dict.fromkeys(split.held_out, "held_out")}
    rows: dict[str, list[Row]] = {"train": [], "held_out": []}
    truncated = 0
    for record in read_records(job.dataset.path, sha256=job.dataset.sha256):
        side = sides.pop(record.id, None)
        if side is None:
            continue
        tokenized = tokenize(
            record,
            template,
            max_length=job.settings.max_length,
            loss_scope=job.settings.loss_scope,
            dataset_format=job.dataset.format,
        )
        truncated += tokenized.dropped_turns > 0
        rows[side].append(Row(record.id, tokenized.ids, tokenized.trained, groups_of(record)))
    if sides:
        raise TrainerError(
            "split_invalid", f"{len(sides)} records of the split are not in the dataset.", hint="Create the job again."
        )
    if not rows["train"]:
        raise TrainerError("nothing_to_train", "No record is left to train on.", hint="Hold out less, or add data.")
    return Rows(rows["train"], rows["held_out"], truncated)


def groups_of(record: Record) -> tuple[str, ...]:
    """Names of the groups that a record's held-out loss counts for."""
    place = record.scaffolding
    named = (("persona", place.persona), ("arc", place.arc), ("topic", place.topic))
    return tuple(f"{kind}: {value}"[:200] for kind, value in named if value)
