"""`job.json`: the same answers as the app's schema, and every fault with its name."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline_trainer.beginning import refuse_to_begin
from pipeline_trainer.config import load_job, parse_job
from pipeline_trainer.errors import TrainerError

EXAMPLES = json.loads((Path(__file__).parents[3] / "src/lib/training/job-examples.json").read_bytes())


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    job = copy.deepcopy(EXAMPLES["base"])
    for path, value in changes.items():
        *parents, last = path.split(".")
        part = job
        for parent in parents:
            part = part[parent]
        part[last] = value
    return job


def named(kind: str) -> list[Any]:
    return [pytest.param(example["changes"], id=example["name"]) for example in EXAMPLES[kind]]


def write(folder: Path, text: str) -> Path:
    (folder / "job.json").write_text(text)
    return folder


@pytest.mark.parametrize("changes", named("accepted"))
def test_accepts_what_the_app_accepts(changes: dict[str, Any]) -> None:
    job = parse_job(changed(changes))
    assert job.job_id == EXAMPLES["base"]["job_id"]
    refuse_to_begin(job)


@pytest.mark.parametrize("changes", named("not_begun"))
def test_begins_no_run_that_the_app_would_not_begin_and_reads_it(changes: dict[str, Any]) -> None:
    job = parse_job(changed(changes))
    with pytest.raises(TrainerError, match=r"^(warmup_steps|max_hours) is ") as caught:
        refuse_to_begin(job)
    assert (caught.value.code, caught.value.hint[:4]) == ("invalid_setting", "Give")


@pytest.mark.parametrize("changes", named("refused"))
def test_refuses_what_the_app_refuses(changes: dict[str, Any]) -> None:
    with pytest.raises(TrainerError) as caught:
        parse_job(changed(changes))
    assert caught.value.code == ("run_folder_newer" if changes.get("schema") == 2 else "job_invalid")
    assert caught.value.hint


def test_says_where_the_fault_is() -> None:
    with pytest.raises(TrainerError, match=r"settings/lora_rank: 0 is less than"):
        parse_job(changed({"settings.lora_rank": 0}))


def test_types_everything_and_freezes_it() -> None:
    job = parse_job(changed({"settings.target_modules": ["q_proj"], "settings.seed": 7.0, "settings.lora_alpha": 32}))
    assert job.settings.target_modules == ("q_proj",)
    assert (job.settings.seed, type(job.settings.seed)) == (7, int)
    assert (job.settings.lora_alpha, type(job.settings.lora_alpha)) == (32.0, float)
    assert (job.dataset.path, job.settings.warmup_steps, job.settings.records_per_step) == (Path("dataset.jsonl"), None, 8)
    with pytest.raises(AttributeError):
        job.settings.seed = 8


def test_paths_are_hints_that_the_command_line_overrides(tmp_path: Path) -> None:
    write(tmp_path, json.dumps(EXAMPLES["base"]))
    job = load_job(tmp_path, dataset=Path("other.jsonl"), base_model=Path("elsewhere"))
    assert (job.dataset.path, job.base_model.path) == (Path("other.jsonl"), Path("elsewhere"))
    assert load_job(tmp_path).base_model.path == Path("models/small")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": NaN}', "\ufffe", "[" * 100_000])
def test_names_a_file_that_is_no_job(tmp_path: Path, text: str) -> None:
    with pytest.raises(TrainerError) as caught:
        load_job(write(tmp_path, text))
    assert caught.value.code == "job_invalid"


def test_names_a_run_folder_without_a_job(tmp_path: Path) -> None:
    with pytest.raises(TrainerError) as caught:
        load_job(tmp_path)
    assert caught.value.code == "run_folder_unreadable"
