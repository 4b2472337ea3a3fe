"""A dataset's tokens: counted for statistics, kept, and read again by training."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from template_builders import make_record, make_template, write_dataset
from training_builders import make_model, make_records, make_run

from pipeline_trainer import stats as stats_module
from pipeline_trainer.data import tokens as tokens_module
from pipeline_trainer.data.records import Message, Record, parse_record
from pipeline_trainer.data.rows import load_rows
from pipeline_trainer.data.templates import load_template
from pipeline_trainer.data.tokens import How, TokenSet, folder_of, key_of, tokenize_dataset
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.inspect_record import inspect
from pipeline_trainer.stats import dataset_stats, over_limit

HOW = How(64, "auto", "chat")
LONG = make_record("Who?", "aye " * 90, line=3, record_id="long")
RECORDS = [
    make_record("Who?", "The keeper.", line=1, record_id="short"),
    make_record(*[text for n in range(5) for text in (f"Question {n}?", f"Answer {n}.")], line=2, record_id="chat"),
    LONG,
    Record("silent", 4, (Message("user", "Who?"), Message("assistant", "Nobody."))),
]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "dataset.jsonl", RECORDS)


def sha_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def same(left: TokenSet, right: TokenSet) -> bool:
    arrays = all(np.array_equal(getattr(left, name), getattr(right, name)) for name in tokens_module.ARRAYS)
    return arrays and (left.records, left.problems) == (right.records, right.problems)


def refuse_work(*_arguments: Any, **_options: Any) -> None:
    raise AssertionError("the dataset was tokenised again")


def test_counts_what_training_will_see_and_what_it_would_refuse(dataset: Path) -> None:
    stats = dataset_stats(dataset, make_template("chatml"), HOW)
    whole = tokenize_dataset(dataset, make_template("chatml"), How(10_000, "auto", "chat"))
    assert [problem["type"] for problem in stats["problems"]] == ["token_overflow", "nothing_to_train"]
    assert [problem["line"] for problem in stats["problems"]] == [3, 4]
    needed = stats["problems"][0]["needed_tokens"]
    assert f"needs {needed}" in stats["problems"][0]["error"]
    assert [problem["needed_tokens"] for problem in stats["problems"]] == [needed, None]
    assert (stats["records"], stats["over_limit"], stats["problems_total"]) == (4, 2, 2)
    assert [row["record_id"] for row in stats["too_long_rows"]] == ["chat", "long"]
    views = [inspect(RECORDS[row["index"]], make_template("chatml"), HOW) for row in stats["too_long_rows"]]
    assert [row["lost_tokens"] for row in stats["too_long_rows"]] == [view["lost_tokens"] for view in views]
    assert stats["trained_tokens"] == int(whole.counts[:, 1].sum())
    assert [row["refused"] for row in stats["too_long_rows"]] == [False, True]
    assert stats["cut_records"] == 1
    assert stats["lost_trained_tokens"] == stats["too_long_rows"][0]["lost_trained_tokens"]
    assert sum(stats["histogram"]["counts"]) == 4
    assert len(stats["histogram"]["edges"]) == len(stats["histogram"]["counts"]) + 1
    assert stats["min"] <= stats["median"] <= stats["p95"] <= stats["max"]
    json.dumps(stats, allow_nan=False)


def test_a_turn_that_records_repeat_counts_once(tmp_path: Path) -> None:
    talk = [("user", "Who?"), ("assistant", "The keeper."), ("user", "When?"), ("assistant", "At night.")]
    lines = [
        {
            "id": str(count),
            "source_line": count,
            "conversation_id": "c",
            "messages": [{"role": role, "content": text, "trained": role == "assistant"} for role, text in talk[:count]],
        }
        for count in (2, 4)
    ]
    path = tmp_path / "dataset.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    template = make_template("chatml")
    stats = dataset_stats(path, template, HOW)
    expected = sum(len(ids) for ids in template.encode_all([text for _role, text in talk]))
    assert (stats["turns"], stats["turn_tokens"]) == (4, expected)
    assert stats["avg_tokens_per_turn"] == round(expected / 4, 2)


def test_says_what_each_record_over_the_limit_loses_as_its_view_does(tmp_path: Path) -> None:
    silent = Record("silent", 5, (Message("user", "Who?"), Message("assistant", "nobody " * 90)))
    records = [*RECORDS[:3], silent]
    found = over_limit(write_dataset(tmp_path / "long.jsonl", records), make_template("chatml"), HOW, most=10)
    assert found["ids"] == ["chat", "long", "silent"]
    views = [inspect(records[index], make_template("chatml"), HOW) for index in found["indexes"]]
    assert found["lost_tokens"] == [view["lost_tokens"] for view in views]
    assert found["refused"] == [False, True, True]
    part, all_of_it, none = found["lost_tokens"]
    assert 0 < part < views[0]["total_tokens"]
    assert (all_of_it, none) == (views[1]["total_tokens"], 0)


def test_names_what_is_refused_at_any_length_beside_what_is_too_long(dataset: Path) -> None:
    found = over_limit(dataset, make_template("chatml"), HOW, most=10)
    assert found["ids"] == ["chat", "long", "silent"]
    assert (found["refused"], found["over"]) == ([False, True, True], [True, True, False])
    stats = dataset_stats(dataset, make_template("chatml"), HOW)
    assert [(problem["index"], problem["record_id"]) for problem in stats["problems"]] == [(2, "long"), (3, "silent")]


def pair(name: str, prompt: list[str], *answers: str, label: bool | None = None) -> dict[str, Any]:
    turns = [{"role": ("user", "assistant")[at % 2], "content": text, "trained": False} for at, text in enumerate(prompt)]
    said = [[{"role": "assistant", "content": answer, "trained": True}] for answer in answers]
    sides = (
        {"completion": said[0], "label": label}
        if label is not None
        else dict(zip(("chosen", "rejected"), said, strict=True))
    )
    return {"id": name, "source_line": 1, "prompt": turns, **sides}


def test_lists_comparisons_that_are_too_long_on_one_side_and_what_each_side_loses(tmp_path: Path) -> None:
    talk = [text for n in range(4) for text in (f"Question {n} of the keeper?", f"Answer {n}.")]
    records = [
        pair("fits", ["Who is it?"], "The keeper of the house.", "Nobody at all, I say."),
        pair("cut", [*talk, "Who?"], "The keeper.", "No."),
        pair("refused", ["Who?"], "yes", "no " * 90),
        pair("judged", ["Who?"], "aye " * 90, label=False),
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    template = make_template("chatml")
    stats = dataset_stats(path, template, HOW)
    assert stats["lengths"][0] > HOW.max_length
    assert (stats["over_limit"], stats["cut_records"]) == (3, 1)
    cut, refused, judged = stats["too_long_rows"]
    assert [row["record_id"] for row in (cut, refused, judged)] == ["cut", "refused", "judged"]
    assert [row["refused"] for row in (cut, refused, judged)] == [False, True, True]
    view = inspect(parse_record(records[1]), template, HOW)
    first, second = (turn["end"] - turn["start"] for turn in view["turns"])
    chosen, rejected = cut["sides"]
    assert (chosen["tokens"] - chosen["lost_tokens"], rejected["tokens"] - rejected["lost_tokens"]) == (first, second)
    assert chosen["lost_tokens"] == rejected["lost_tokens"] > 0
    assert cut["tokens"] == chosen["tokens"] + rejected["tokens"]
    yes, no = refused["sides"]
    assert (yes["tokens"] < HOW.max_length < no["tokens"], no["lost_tokens"]) == (True, 0)
    assert [len(row["sides"]) for row in (refused, judged)] == [2, 1]
    assert over_limit(path, template, HOW, most=10)["ids"] == ["cut", "refused", "judged"]


def test_tells_the_length_of_each_record_where_they_are_few(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = make_template("chatml")
    views = [inspect(record, template, HOW) for record in RECORDS]
    assert dataset_stats(dataset, template, HOW)["lengths"] == [view["total_tokens"] for view in views]
    monkeypatch.setattr(stats_module, "LENGTHS_MOST", len(views) - 1)
    assert dataset_stats(dataset, template, HOW)["lengths"] is None


def test_an_empty_dataset_has_statistics_too(tmp_path: Path) -> None:
    stats = dataset_stats(write_dataset(tmp_path / "empty.jsonl", []), make_template("chatml"), HOW)
    assert (stats["records"], stats["total_tokens"], stats["histogram"]) == (0, 0, {"edges": [], "counts": []})


def test_statistics_make_the_tokens_that_training_reads(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = make_template("chatml")
    fresh = tokenize_dataset(dataset, template, HOW)
    dataset_stats(dataset, template, HOW, sha256=sha_of(dataset), cache_dir=tmp_path / "cache")
    monkeypatch.setattr(tokens_module, "_tokenize", refuse_work)
    read = tokenize_dataset(dataset, template, HOW, sha256=sha_of(dataset), cache_dir=tmp_path / "cache")
    assert same(read, fresh)
    assert isinstance(read.ids, np.memmap)


@pytest.mark.parametrize("name", ["ids.npy", "trained.npy", "offsets.npy", "counts.npy", "meta.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "empty"])
def test_a_damaged_cache_is_made_anew(dataset: Path, tmp_path: Path, name: str, damage: str) -> None:
    template, sha, cache = make_template("chatml"), sha_of(dataset), tmp_path / "cache"
    fresh = tokenize_dataset(dataset, template, HOW, sha256=sha, cache_dir=cache)
    path = folder_of(cache, sha, template=template, how=HOW) / name
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 0x55
    path.unlink()
    if damage != "gone":
        path.write_bytes({"flip": bytes(raw), "cut": bytes(raw[: len(raw) // 2]), "empty": b""}[damage])
    if (name, damage) != ("meta.json", "flip"):  # a flipped bit of text may still be text
        assert tokens_module.load(path.parent) is None
    assert same(tokenize_dataset(dataset, template, HOW, sha256=sha, cache_dir=cache), fresh)
    assert [entry.name for entry in path.parent.parent.iterdir()] == [path.parent.name]


def test_every_cause_of_other_tokens_has_a_set_of_its_own() -> None:
    chatml, mistral = make_template("chatml"), make_template("mistral")
    keys = [
        key_of("a", chatml, HOW),
        key_of("b", chatml, HOW),
        key_of("a", mistral, HOW),
        key_of("a", make_template("chatml", "metaspace"), HOW),
        key_of("a", chatml, How(65, "auto", "chat")),
        key_of("a", chatml, How(64, "all", "chat")),
        key_of("a", chatml, How(64, "auto", "brightrun_lora_v4")),
    ]
    assert len(set(keys)) == len(keys)


def test_a_cache_that_cannot_be_written_costs_nothing(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    made = tokenize_dataset(dataset, make_template("chatml"), HOW, sha256=sha_of(dataset), cache_dir=tmp_path / "file")
    assert len(made.records) == 4


def test_a_changed_dataset_is_refused_even_where_its_tokens_are_kept(dataset: Path, tmp_path: Path) -> None:
    template, sha = make_template("chatml"), sha_of(dataset)
    tokenize_dataset(dataset, template, HOW, sha256=sha, cache_dir=tmp_path / "cache")
    dataset.write_text(dataset.read_text() + "\n")
    with pytest.raises(TrainerError) as caught:
        tokenize_dataset(dataset, template, HOW, sha256=sha, cache_dir=tmp_path / "cache")
    assert caught.value.code == "dataset_changed"


def test_a_dataset_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainerError) as caught:
        tokenize_dataset(tmp_path / "none.jsonl", make_template("chatml"), HOW)
    assert caught.value.code == "dataset_missing"


@pytest.mark.parametrize("line", ["{", "[]", '{"id":"a"}', '{"id":"a","source_line":1,"messages":[]}', "\udcff", "[" * 9999])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "dataset.jsonl"
    path.write_bytes(b"\n" + line.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(TrainerError, match="Line 2") as caught:
        tokenize_dataset(path, make_template("chatml"), HOW)
    assert caught.value.code == "dataset_invalid"
    shutil.rmtree(tmp_path)


def test_a_run_that_cannot_start_names_the_length_that_is_enough_for_all_its_records(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    longest = [
        {**record, "messages": [{**turn, "content": 40 * "aye "} for turn in record["messages"]]}
        for record in make_records(2)
    ]
    folder = make_run(tmp_path / "run", model, records=[*make_records(20)[2:], *longest], held_out=2, max_length=40)
    with pytest.raises(TrainerError) as refused:
        load_rows(folder.path, job=folder.job, template=load_template(model), cache_dir=None)
    said = re.fullmatch(r"Raise .* at least (\d+), as the longest needs, or exclude the (\d+) records.*", refused.value.hint)
    assert said is not None
    enough = int(said[1])
    folder.change(max_length=enough)
    assert load_rows(folder.path, job=folder.job, template=load_template(model), cache_dir=None).train
    folder.change(max_length=enough - 1)
    with pytest.raises(TrainerError, match=f"it needs {enough}"):
        load_rows(folder.path, job=folder.job, template=load_template(model), cache_dir=None)


def test_counts_what_the_template_leaves_out_as_refused_and_says_that_lists_of_tools_are(tmp_path: Path) -> None:
    function = {"name": "tide", "arguments": {}}
    called = {
        "role": "assistant",
        "content": "",
        "trained": True,
        "tool_calls": [{"type": "function", "function": function}],
    }
    plain = {"role": "assistant", "content": "Aye.", "trained": True}
    asked = {"role": "user", "content": "High water?", "trained": False}
    tools = [{"type": "function", "function": {"name": "tide"}}]
    lines = [
        {"id": name, "source_line": line, "messages": [asked, answer], "tools": tools}
        for line, (name, answer) in enumerate((("a", called), ("b", plain)), start=1)
    ]
    path = tmp_path / "dataset.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    stats = dataset_stats(path, make_template("chatml"), HOW)
    assert [(problem["type"], problem["line"]) for problem in stats["problems"]] == [("unsupported_content", 1)]
    assert stats["template"]["note"].endswith("the answers are trained without them.")
    assert dataset_stats(path, make_template("tools"), How(1000, "auto", "chat"))["problems"] == []
