"""From the canonical dataset and the split to the rows that a run trains and holds out."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ..config import JobFile
from ..errors import TrainerError
from .batches import Row, cut_windows
from .masks import raise_length_to
from .split import read_split
from .templates import ChatTemplate
from .tokens import How, TokenSet, tokenize_dataset


@dataclass(frozen=True, slots=True)
class Rows:
    """`truncated` counts records that lost turns to `max_length`."""

    train: list[Row]
    held_out: list[Row]
    truncated: int


def load_rows(run_dir: Path, *, job: JobFile, template: ChatTemplate, cache_dir: Path | None) -> Rows:
    """Tokens of every record of the split, in the order of the dataset. Raises TrainerError."""
    split = read_split(run_dir / "split.json")
    # A record of a mixture is trained as often as its dataset's weight says.
    sides = {record_id: ("train", times) for record_id, times in Counter(split.train).items()}
    sides.update(dict.fromkeys(split.held_out, ("held_out", 1)))
    how = How(job.settings.max_length, job.settings.loss_scope, job.dataset.format)
    tokens = tokenize_dataset(job.dataset.path, template, how, sha256=job.dataset.sha256, cache_dir=cache_dir)
    _refuse_problems(tokens, sides)
    rows: dict[str, list[Row]] = {"train": [], "held_out": []}
    truncated = 0
    for index, (record_id, _line, _groups) in enumerate(tokens.records):
        side, times = sides.pop(record_id, (None, 0))
        if side is not None:
            row = _row(tokens, index)
            rows[side].extend(times * [row if row.pair else cut_windows(row, job.settings.max_length)])
            truncated += int(tokens.counts[index, 2]) > 0
    if sides:
        raise TrainerError(
            "split_invalid", f"{len(sides)} records of the split are not in the dataset.", hint="Create the job again."
        )
    if not rows["train"]:
        raise TrainerError("nothing_to_train", "No record is left to train on.", hint="Hold out less, or add data.")
    return Rows(rows["train"], rows["held_out"], truncated)


def _refuse_problems(tokens: TokenSet, ids: Collection[str]) -> None:
    """Raises the first problem of the records `ids`, with the length that is enough for all of them."""
    found = [problem for index, problem in tokens.problems.items() if tokens.records[index][0] in ids]
    if not found:
        return
    first, needs = found[0], [problem.needed_tokens for problem in found if problem.needed_tokens is not None]
    hint = first.hint if first.needed_tokens is None else raise_length_to(max(needs), records=len(needs))
    raise TrainerError(first.code, first.message, hint=hint)


def _row(tokens: TokenSet, index: int) -> Row:
    ids, trained = tokens.tokens(index)
    record_id, _line, groups = tokens.records[index]
    border, label = int(tokens.borders[index]), int(tokens.labels[index])
    wanted = None if label < 0 else bool(label)
    if border == 0:
        return Row(record_id, ids, trained, groups, wanted=wanted)
    pair = (
        Row(f"{record_id}/chosen", ids[:border], trained[:border]),
        Row(f"{record_id}/rejected", ids[border:], trained[border:]),
    )
    return Row(record_id, ids, trained, groups, pair=pair)
