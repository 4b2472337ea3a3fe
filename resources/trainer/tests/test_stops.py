"""Stops take effect within a step and leave a run that goes on exactly where its last whole step ended."""

import json
from pathlib import Path

import pytest
from training_builders import FakeCommands, Folder, attempt, make_model, make_run

from pipeline_trainer.data.order import PASS_TOKENS
from pipeline_trainer.protocol import Command

SMALL_PASS = 64


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model"))


def run_of(tmp_path: Path, model: Path, **settings: object) -> Folder:
    return make_run(tmp_path / "run", model, prompts=["What is 3?"], lora_dropout=0.2, **settings)


@pytest.mark.parametrize(("kind", "reason"), [("pause", "paused"), ("parent_gone", "parent_gone"), ("signal", "signal")])
def test_an_interruption_drops_the_unfinished_step_saves_and_exits_75(
    tmp_path: Path, model: Path, kind: str, reason: str
) -> None:
    folder = run_of(tmp_path, model)
    assert attempt(folder, at_poll={40: Command(kind)}) == 75
    last = folder.events()[-1]
    done = folder.named("metrics")[-1]["step"]
    assert {name: last[name] for name in ("event", "step", "reason", "saved")} == {
        "event": "interrupted",
        "step": done,
        "reason": reason,
        "saved": True,
    }
    assert (folder.path / "checkpoints" / f"step-{done:06d}" / "manifest.json").is_file()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, model: Path) -> tuple[Folder, int]:
    """An undisturbed run in passes of one or two rows, and how often it looked for commands."""
    folder = run_of(tmp_path_factory.mktemp("whole"), model)
    commands = FakeCommands()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PASS_TOKENS, "cpu", SMALL_PASS)
        assert attempt(folder, commands=commands) == 0
    return folder, commands.polls


@pytest.mark.parametrize("share", [0.01, 0.06, 0.13, 0.21, 0.34, 0.47, 0.55, 0.68, 0.81, 0.93, 0.99])
def test_rule_5_paused_anywhere_and_resumed_gives_the_same_bits(
    tmp_path: Path, model: Path, whole: tuple[Folder, int], share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PASS_TOKENS, "cpu", SMALL_PASS)
    wanted, polls = whole
    broken = run_of(tmp_path, model)
    assert attempt(broken, at_poll={max(1, int(polls * share)): Command("pause")}) == 75
    assert attempt(broken) == 0
    assert broken.adapter() == wanted.adapter()
    assert ending(broken) == ending(wanted)
    for name in ("training_loss", "validation_loss", "gradient_norm", "tokens", "learning_rate"):
        assert broken.curve(name) == wanted.curve(name), name


def ending(folder: Folder) -> dict[str, object]:
    (completed,) = folder.named("completed")
    return {name: completed[name] for name in completed if name not in {"seq", "time", "attempt", "peak_memory_bytes"}}


def test_stop_with_save_makes_the_best_checkpoint_the_result(tmp_path: Path, model: Path) -> None:
    folder = run_of(tmp_path, model)
    assert attempt(folder, at_poll={60: Command("stop", save=True)}) == 130
    last = folder.events()[-1]
    assert last["event"] == "cancelled"
    assert last["saved"]
    assert last["adapter_path"] == "adapter"
    best = min(folder.named("evaluation")[1:], key=lambda event: event["loss"])["step"]
    source = folder.path / "checkpoints" / f"step-{best:06d}" / "adapter_model.safetensors"
    assert folder.adapter() == source.read_bytes()


def test_stop_without_save_leaves_no_adapter(tmp_path: Path, model: Path) -> None:
    folder = run_of(tmp_path, model)
    assert attempt(folder, at_poll={20: Command("stop", save=False)}) == 130
    last = folder.events()[-1]
    assert (last["event"], last["saved"], last["adapter_path"]) == ("cancelled", False, None)
    assert not (folder.path / "adapter").exists()


def test_stop_with_save_before_the_first_step_has_nothing_to_save(tmp_path: Path, model: Path) -> None:
    folder = run_of(tmp_path, model)
    assert attempt(folder, at_poll={2: Command("stop", save=True)}) == 130
    assert folder.events()[-1]["saved"] is False


def test_a_checkpoint_and_a_sample_come_when_asked_for_and_change_nothing(tmp_path: Path, model: Path) -> None:
    plain = run_of(tmp_path / "a", model, save_steps=50)
    attempt(plain)
    asked = run_of(tmp_path / "b", model, save_steps=50)
    attempt(asked, at_poll={12: Command("sample", prompt="hello"), 13: Command("checkpoint")})
    assert [event["prompt"] for event in asked.named("sample") if event["prompt_id"] == "asked"] == ["hello"]
    assert len(asked.named("checkpoint")) >= len(plain.named("checkpoint"))
    assert asked.adapter() == plain.adapter()


def test_a_stop_while_the_result_is_written_keeps_the_last_steps_checkpoint(tmp_path: Path, model: Path) -> None:
    folder = run_of(tmp_path, model, learning_rate=1e-2, num_epochs=4)
    assert attempt(folder) == 0
    last_step = folder.job.total_steps
    before = (folder.path / "checkpoints" / f"step-{last_step:06d}" / "adapter_model.safetensors").read_bytes()
    events = (folder.path / "events.jsonl").read_text().splitlines()
    kept = [line for line in events if json.loads(line)["event"] != "completed"]
    (folder.path / "events.jsonl").write_text("\n".join(kept) + "\n")
    assert attempt(folder, at_poll={2: Command("pause")}) == 75
    after = (folder.path / "checkpoints" / f"step-{last_step:06d}" / "adapter_model.safetensors").read_bytes()
    assert after == before
