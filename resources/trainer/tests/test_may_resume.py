"""`may-resume` says before an attempt what the attempt would say, and leaves the run folder as it is."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from training_builders import Folder, attempt, make_elsewhere, make_model, make_run

from pipeline_trainer.errors import TrainerError
from pipeline_trainer.may_resume import main
from pipeline_trainer.protocol import Command, EventLog

Change = Callable[[Folder], None]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def paused(tmp_path: Path, model: Path) -> Folder:
    folder = make_run(tmp_path / "run", model, save_steps=2)
    assert attempt(folder, at_poll={20: Command("pause")}) == 75
    return folder


def newest(folder: Folder) -> Path:
    return max((folder.path / "checkpoints").glob("step-*"))


def step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.removeprefix("step-"))


def contents(folder: Folder) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder.path)): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in folder.path.rglob("*")
    }


def ask(folder: Folder, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    """The document; whatever the answer, nothing in the folder has changed."""
    before = contents(folder)
    try:
        assert main([str(folder.path), *more]) == 0
    finally:
        assert contents(folder) == before
    (line,) = capsys.readouterr().out.splitlines()
    document: dict[str, Any] = json.loads(line)
    return document


def test_a_run_that_goes_on_bit_for_bit(paused: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = tmp_path / "cache"
    for _ in range(2):
        document = ask(paused, capsys, "--cache-dir", str(cache))
        assert document == {"step": step_of(newest(paused)), "skipped": [], "changes": []}
    assert len(list(cache.iterdir())) == 1
    assert attempt(paused, cache_dir=cache) == 0


def test_neither_a_trainer_at_work_nor_what_a_killed_one_left_is_touched(
    paused: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    (paused.path / "checkpoints" / ".staging-step-000099").mkdir()
    log = EventLog(paused.path, heartbeat_seconds=3600)
    try:
        assert ask(paused, capsys)["changes"] == []
        log.emit("heartbeat")
    finally:
        log.close()


def test_what_has_moved_is_found_where_the_app_says_and_by_its_hash(
    paused: Folder, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = tmp_path / "moved.jsonl"
    paused.job.dataset.path.rename(dataset)
    moved = shutil.copytree(model, tmp_path / "moved")
    point(paused, tmp_path / "gone")
    with pytest.raises(TrainerError, match=r"not found at .*gone") as refused:
        ask(paused, capsys)
    assert refused.value.code == "base_model_missing"
    assert ask(paused, capsys, "--dataset", str(dataset), "--base-model", str(moved))["changes"] == []
    dataset.write_text("{}\n")
    with pytest.raises(TrainerError) as refused:
        ask(paused, capsys, "--dataset", str(dataset), "--base-model", str(moved))
    assert refused.value.code == "dataset_changed"


def test_a_run_without_a_checkpoint_begins(paused: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(paused.path / "checkpoints")
    assert ask(paused, capsys) == {"step": None, "skipped": [], "changes": []}


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_taken(
    paused: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = newest(paused)
    (damaged / "state.json").write_text("{}")
    document = ask(paused, capsys)
    assert document["step"] < step_of(damaged)
    (skipped,) = document["skipped"]
    assert damaged.name in skipped


def test_other_software_precision_and_threads_are_changes(paused: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    make_elsewhere(newest(paused), torch="2.11.0", device_name="another", precision="bf16")
    paused.change(threads=2)
    torch, machine, *others = ask(paused, capsys)["changes"]
    assert torch.startswith("torch 2.11.0 → ")
    assert machine.startswith("device name another → ")
    assert others == ["precision bf16 → fp32", "threads 1 → 2"]


def swap_split(folder: Folder) -> None:
    split = json.loads((folder.path / "split.json").read_bytes())
    train, held_out = split["train"], split["held_out"]
    swapped = {**split, "train": [*train[1:], held_out[0]], "held_out": [train[0], *held_out[1:]]}
    (folder.path / "split.json").write_text(json.dumps(swapped))


def point(folder: Folder, model: Path) -> None:
    document = json.loads((folder.path / "job.json").read_bytes())
    document["base_model"]["path"] = str(model)
    (folder.path / "job.json").write_text(json.dumps(document))


def point_elsewhere(folder: Folder) -> None:
    point(folder, make_model(folder.path.parent / "other", layers=3))


def age_trainer(folder: Folder) -> None:
    manifest = newest(folder) / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "schema": 2}))


def plan_fewer_steps(folder: Folder) -> None:
    shutil.rmtree(folder.path / "checkpoints")
    folder.change(total_steps=folder.job.total_steps - 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "split.json cannot be read: No such file or directory."),
        ("{}", "split.json has no “seed”."),
        ("[", "split.json is damaged"),
        ("[" * 200_000, "split.json is damaged"),
        ("[]", "split.json is damaged"),
    ],
)
def test_a_split_that_is_lost_or_damaged_is_refused_in_words(
    paused: Folder, text: str | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    split = paused.path / "split.json"
    if text is None:
        split.unlink()
    else:
        split.write_text(text)
    with pytest.raises(TrainerError) as refused:
        ask(paused, capsys)
    assert (refused.value.code, refused.value.message[: len(words)]) == ("split_invalid", words)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda folder: folder.change(learning_rate=1e-4), "settings_changed"),
        (lambda folder: folder.change(num_epochs=3, total_epochs=3, total_steps=15), "settings_changed"),
        (lambda folder: folder.change(total_steps=folder.job.total_steps - 1), "settings_changed"),
        (swap_split, "dataset_changed"),
        (lambda folder: (folder.path / "dataset.jsonl").write_text("{}\n"), "dataset_changed"),
        (point_elsewhere, "base_model_changed"),
        (age_trainer, "checkpoint_newer"),
        (plan_fewer_steps, "plan_mismatch"),
        (lambda folder: folder.change(threads=0), "job_invalid"),
    ],
)
def test_what_an_attempt_would_refuse_is_refused(
    paused: Folder, change: Change, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(paused)
    with pytest.raises(TrainerError) as refused:
        ask(paused, capsys)
    assert refused.value.code == code
