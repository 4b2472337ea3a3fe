"""What a run reads before it loads a model: its rows, in the tokens of its own base model."""

from dataclasses import dataclass
from pathlib import Path

from .config import JobFile
from .data.rows import Rows, load_rows
from .data.templates import ChatTemplate, load_tokenizer
from .fingerprint import refuse_other_model, rows_hash


@dataclass(frozen=True, slots=True)
class Data:
    """The rows of a run, and their hash."""

    template: ChatTemplate
    rows: Rows
    hash: str


def read_data(run_dir: Path, *, job: JobFile, cache_dir: Path | None = None) -> Data:
    """Tokenised rows of the job's own dataset, by its own model's template. Raises TrainerError."""
    refuse_other_model(job.base_model.path, job.base_model.fingerprint)
    template = ChatTemplate(load_tokenizer(job.base_model.path))
    rows = load_rows(run_dir, job=job, template=template, cache_dir=cache_dir)
    return Data(template, rows, rows_hash([*rows.train, *rows.held_out]))
