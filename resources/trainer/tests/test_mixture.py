"""A run of several datasets: one file, each record with its dataset, and repeats in the split."""

import json
from pathlib import Path
from typing import Any

from training_builders import attempt, make_model, make_records, make_run

from pipeline_trainer.config import load_job
from pipeline_trainer.data.masks import tokenize
from pipeline_trainer.data.records import parse_record
from pipeline_trainer.data.rows import load_rows
from pipeline_trainer.data.templates import ChatTemplate, load_tokenizer


def mixed(count: int) -> list[dict[str, Any]]:
    """Half of the records of one dataset, half of another."""
    names = ("letters", "orders")
    return [{**record, "dataset": names[index % 2], "format": "chat"} for index, record in enumerate(make_records(count))]


def repeat(folder: Path, times: int) -> list[str]:
    """Train every second record `times` times, and say that the file is a mixture."""
    split = json.loads((folder / "split.json").read_text())
    split["train"] = [record_id for at, record_id in enumerate(split["train"]) for _ in range(times if at % 2 else 1)]
    (folder / "split.json").write_text(json.dumps(split))
    job = json.loads((folder / "job.json").read_text())
    source = {key: job["dataset"][key] for key in ("dataset_id", "dataset_version_id", "name", "sha256", "format")}
    job["dataset"]["sources"] = [{**source, "weight": 1}, {**source, "weight": times}]
    job["dataset"]["records"] = len(split["train"]) + len(split["held_out"])
    (folder / "job.json").write_text(json.dumps(job))
    return list(split["train"])


def test_a_record_is_trained_as_often_as_the_split_names_it(tmp_path: Path) -> None:
    made = make_run(tmp_path / "run", make_model(tmp_path / "model"), records=mixed(12), held_out=2)
    train = repeat(made.path, 3)
    job = load_job(made.path)
    assert [source["weight"] for source in job.dataset.sources] == [1, 3]
    rows = load_rows(made.path, job=job, template=ChatTemplate(load_tokenizer(made.model)), cache_dir=None)
    assert [row.record_id for row in rows.train] == train
    assert len(rows.held_out) == 2


def test_each_dataset_of_a_mixture_has_its_own_held_out_loss(tmp_path: Path) -> None:
    made = make_run(tmp_path / "run", make_model(tmp_path / "model"), records=mixed(12), held_out=4, max_steps=2)
    repeat(made.path, 2)
    assert attempt(made) == 0
    groups = {event["group"] for event in made.named("evaluation") if event["final"]}
    assert {"dataset: letters", "dataset: orders"} <= groups


def test_an_over_long_record_is_cut_by_the_rule_of_its_own_dataset(tmp_path: Path) -> None:
    template = ChatTemplate(load_tokenizer(make_model(tmp_path / "model")))
    turns = [
        {"role": role, "content": text * 6, "trained": role == "assistant"}
        for role, text in (("user", "old? "), ("assistant", "old! "), ("user", "new? "), ("assistant", "new! "))
    ]

    def kept(own_format: str) -> str:
        record = parse_record({"id": "r", "source_line": 1, "messages": turns, "dataset": "d", "format": own_format})
        cut = tokenize(record, template, max_length=100, loss_scope="auto", dataset_format="mixture")
        assert cut.dropped_turns > 0
        return cut.text

    assert "new!" in kept("brightrun_lora_v4")
    assert "new!" not in kept("chat")
