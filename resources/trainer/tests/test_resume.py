"""Rule 5: a run goes on exactly where it was, from the newest checkpoint that is whole, or not at all."""

import json
import math
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from training_builders import Folder, attempt, make_elsewhere, make_model, make_run

from pipeline_trainer import checkpoint, setup
from pipeline_trainer.durable import sha256_of
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.fingerprint import model_fingerprint
from pipeline_trainer.protocol import Command


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def paused(tmp_path: Path, model: Path) -> Folder:
    """A run with dropout that stopped after about half of its steps."""
    folder = make_run(tmp_path / "run", model, lora_dropout=0.2)
    assert attempt(folder, at_poll={20: Command("pause")}) == 75
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Folder:
    """The same run, which nobody stopped."""
    folder = make_run(tmp_path_factory.mktemp("whole"), model, lora_dropout=0.2)
    assert attempt(folder) == 0
    return folder


def newest(folder: Folder) -> Path:
    return max((folder.path / "checkpoints").glob("step-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="kills a forked process")
def test_rule_5_killed_at_random_moments_gives_the_same_bits(tmp_path: Path, model: Path) -> None:
    whole = make_run(tmp_path / "whole", model, lora_dropout=0.2, num_epochs=6, save_steps=2)
    assert attempt(whole) == 0
    killed = make_run(tmp_path / "killed", model, lora_dropout=0.2, num_epochs=6, save_steps=2)
    moments = random.Random(5)
    deaths = 0
    for _ in range(12):
        child = os.fork()
        if child == 0:
            os._exit(attempt(killed))
        # The step at which to strike; how far the child gets into it is up to the machine.
        target = killed.steps_reported + moments.randrange(1, 9)
        deadline = time.monotonic() + 120
        while killed.steps_reported < target:
            assert time.monotonic() < deadline
            if os.waitpid(child, os.WNOHANG)[0] == child:
                break
            time.sleep(0.001)
        else:
            time.sleep(moments.random() * 0.02)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            deaths += 1
            continue
        break
    if not killed.named("completed"):
        assert attempt(killed) == 0
    assert deaths >= 2
    assert killed.adapter() == whole.adapter()
    assert killed.curve("training_loss") == whole.curve("training_loss")


def test_rule_5_a_checkpoint_holds_all_that_a_run_is(paused: Folder) -> None:
    state = json.loads((newest(paused) / "state.json").read_bytes())
    assert set(state) == {"schema", "attempt", "identity", "progress", "sampler", "rng"}
    assert {"epoch", "cursor", "seed"} <= set(state["sampler"])
    assert {"step", "tokens", "micro_batch", "rate_factor", "non_finite_in_a_row", "best_step"} <= set(state["progress"])
    assert {"torch", "transformers", "peft", "threads", "device"} <= set(state["identity"]["exactness"])
    assert {"dataset", "rows", "base_model", "settings", "total_steps"} == set(state["identity"]["must_agree"])
    assert not [path for path in newest(paused).iterdir() if path.suffix in {".pt", ".bin", ".pkl"}]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def nest(path: Path) -> None:
    path.write_text("[" * 200_000)


def put_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


NO_PIPES = pytest.mark.skipif(sys.platform == "win32", reason="files there cannot be pipes")


@pytest.mark.parametrize(
    "damage",
    [
        ("adapter_model.safetensors", flip, "has changed"),
        ("optimizer.safetensors", cut, "is cut off"),
        ("state.json", Path.unlink, "No such file"),
        ("manifest.json", cut, "cannot be read"),
        ("manifest.json", Path.unlink, "No such file"),
        ("manifest.json", nest, "cannot be read"),
        pytest.param(("manifest.json", put_pipe, "Not a file"), marks=NO_PIPES),
        pytest.param(("state.json", put_pipe, "Not a file"), marks=NO_PIPES),
    ],
)
def test_rule_5_a_damaged_checkpoint_is_skipped_for_the_next_older(
    paused: Folder, damage: tuple[str, Callable[[Path], None], str], whole: Folder
) -> None:
    name, inflict, reason = damage
    inflict(newest(paused) / name)
    assert attempt(paused) == 0
    (warning,) = [event for event in paused.named("warning") if event["code"] == "checkpoint_skipped"]
    assert reason in warning["message"]
    assert paused.named("hello")[-1]["from_checkpoint"] is not None
    assert paused.adapter() == whole.adapter()


@pytest.mark.parametrize("name", [checkpoint.WEIGHTS, checkpoint.OPTIMIZER])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_rule_5_a_checkpoint_of_what_is_not_a_number_is_skipped(
    paused: Folder, whole: Folder, name: str, value: float
) -> None:
    file = newest(paused) / name
    tensors = load_file(file)
    first = next(tensor for tensor in tensors.values() if tensor.is_floating_point() and tensor.dim() > 0)
    first.view(-1)[0] = value
    save_file(tensors, file)
    seal(newest(paused), name)
    assert attempt(paused) == 0
    (warning,) = [event for event in paused.named("warning") if event["code"] == "checkpoint_skipped"]
    assert f"{name} holds what is not a number" in warning["message"]
    assert paused.adapter() == whole.adapter()


def seal(folder: Path, name: str) -> None:
    """Make the manifest agree with a file that was changed."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name] = {"size_bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_rule_5_without_any_whole_checkpoint_the_run_begins_again(paused: Folder) -> None:
    for path in (paused.path / "checkpoints").glob("step-*"):
        flip(path / "state.json")
    assert attempt(paused) == 0
    assert paused.named("hello")[-1]["from_checkpoint"] is None


def test_rule_5_a_checkpoint_of_another_step_than_its_name_says_is_skipped(paused: Folder, whole: Folder) -> None:
    step = newest(paused)
    renamed = step.with_name(checkpoint.folder_name(checkpoint.step_of(step) + 3))
    shutil.copytree(step, renamed)
    restamped = step.with_name(checkpoint.folder_name(checkpoint.step_of(step) + 4))
    shutil.copytree(step, restamped)
    manifest = json.loads((restamped / "manifest.json").read_bytes())
    (restamped / "manifest.json").write_text(json.dumps({**manifest, "step": checkpoint.step_of(restamped)}))
    assert attempt(paused) == 0
    restamped_says, renamed_says = [
        event["message"] for event in paused.named("warning") if event["code"] == "checkpoint_skipped"
    ]
    number = checkpoint.step_of(step)
    assert f"state.json is of step {number}" in restamped_says
    assert f"manifest.json is of step {number}" in renamed_says
    assert paused.named("hello")[-1]["from_checkpoint"] == f"checkpoints/{step.name}"
    assert paused.adapter() == whole.adapter()


def test_rule_5_copies_and_strangers_beside_the_checkpoints_are_left_alone(paused: Folder, whole: Folder) -> None:
    step = newest(paused)
    copies = [step.with_name(f"{step.name}{ending}") for ending in (" (copy)", ".bak", "-1")]
    for copy in (*copies, step.with_name("step-9")):
        shutil.copytree(step, copy)
    step.with_name("step-000099").write_text("no folder")
    assert attempt(paused) == 0
    assert paused.named("hello")[-1]["from_checkpoint"] == f"checkpoints/{step.name}"
    assert all(copy.is_dir() for copy in copies)
    assert paused.adapter() == whole.adapter()


def test_rule_5_what_a_killed_writer_left_is_swept(paused: Folder) -> None:
    leftover = paused.path / "checkpoints" / ".staging-step-000099"
    leftover.mkdir()
    (leftover / "adapter_model.safetensors").write_bytes(b"half")
    assert attempt(paused) == 0
    assert not leftover.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"learning_rate": 1e-4}, "settings_changed"),
        ({"lora_dropout": 0.1}, "settings_changed"),
        ({"seed": 43}, "settings_changed"),
        ({"num_epochs": 3, "total_epochs": 3, "total_steps": 15}, "settings_changed"),
    ],
)
def test_rule_5_other_mathematics_is_refused_before_the_model_loads(
    paused: Folder, changes: dict[str, object], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "load_trainable", never)
    paused.change(**changes)
    assert refusal(paused) == code


def never(*_anything: object) -> None:
    pytest.fail("the model was loaded")


def refusal(folder: Folder) -> str:
    with pytest.raises(TrainerError) as refused:
        attempt(folder)
    return refused.value.code


def test_rule_5_other_data_is_refused(paused: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "load_trainable", never)
    split = json.loads((paused.path / "split.json").read_bytes())
    split["train"], split["held_out"] = (
        [*split["train"][1:], split["held_out"][0]],
        [split["train"][0], *split["held_out"][1:]],
    )
    (paused.path / "split.json").write_text(json.dumps(split))
    assert refusal(paused) == "dataset_changed"
    (paused.path / "dataset.jsonl").write_text("{}\n")
    assert refusal(paused) == "dataset_changed"


def test_rule_5_another_base_model_is_refused(paused: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "load_trainable", never)
    other = make_model(tmp_path / "other", layers=3)
    point_at(paused, path=str(other))
    assert refusal(paused) == "base_model_changed"
    point_at(paused, fingerprint=model_fingerprint(other))
    assert refusal(paused) == "base_model_changed"


def point_at(folder: Folder, **changes: str) -> None:
    document = json.loads((folder.path / "job.json").read_bytes())
    document["base_model"] |= changes
    (folder.path / "job.json").write_text(json.dumps(document))


def test_rule_5_a_newer_checkpoint_is_refused_not_skipped(paused: Folder) -> None:
    manifest = newest(paused) / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "schema": 2}))
    assert refusal(paused) == "checkpoint_newer"


def test_rule_5_another_torch_or_machine_goes_on_with_a_warning(paused: Folder) -> None:
    make_elsewhere(newest(paused), torch="2.11.0", device_name="another")
    assert attempt(paused) == 0
    (warning,) = [event for event in paused.named("warning") if event["code"] == "not_bit_exact"]
    assert "torch 2.11.0" in warning["message"]


def test_rule_5_what_changes_no_number_may_change(paused: Folder) -> None:
    paused.change(save_steps=1, save_total_limit=1)
    assert attempt(paused) == 0


def test_pruning_keeps_the_newest_the_best_and_the_one_resumed_from(tmp_path: Path) -> None:
    for step in (10, 20, 30, 40, 50):
        (tmp_path / checkpoint.folder_name(step)).mkdir()
    assert checkpoint.prune(tmp_path, keep=2, protected={10}) == ["step-000030", "step-000020"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000010", "step-000040", "step-000050"]


def test_a_full_disk_names_itself_and_leaves_older_checkpoints(paused: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = checkpoint.find(paused.path / "checkpoints").path
    assert before is not None

    def full(*_anything: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "publish", full)
    assert refusal(paused) == "checkpoint_failed"
    monkeypatch.undo()
    assert checkpoint.find(paused.path / "checkpoints").path == before
