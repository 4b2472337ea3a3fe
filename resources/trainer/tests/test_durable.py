"""A folder that takes another's place: killed at any moment, one of the two is there in full."""

import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from training_builders import attempt, make_model, make_run

from pipeline_trainer import checkpoint
from pipeline_trainer.durable import own_staging_folder, publish, publish_new, staging_folder, sweep_staging
from pipeline_trainer.protocol import Command

CONTENT = "content"
IN_EVALUATION = 8  # the poll after those of the untouched model and of three steps


class KilledError(BaseException):
    """Stands in for the end of the process."""


def kill_at_rename(monkeypatch: pytest.MonkeyPatch, of: Callable[[Path], bool]) -> None:
    plain = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if of(self):
            raise KilledError
        return plain(self, target)

    monkeypatch.setattr(Path, "rename", rename)


def write_folder(target: Path, content: str) -> None:
    staging = staging_folder(target)
    (staging / CONTENT).write_text(content)
    publish(staging, target)


def folders(parent: Path) -> dict[str, str]:
    return {path.name: (path / CONTENT).read_text() for path in parent.iterdir()}


def test_killed_between_its_two_renames_the_older_folder_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "adapter"
    write_folder(target, "first")
    kill_at_rename(monkeypatch, lambda source: source != target)
    with pytest.raises(KilledError):
        write_folder(target, "second")
    assert not target.exists()
    # Nor does the next try take it away before it has something to put there.
    with pytest.raises(KilledError):
        write_folder(target, "third")
    monkeypatch.undo()
    sweep_staging(tmp_path)
    assert folders(tmp_path) == {"adapter": "first"}


def test_what_was_replaced_goes_once_the_new_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "adapter"
    write_folder(target, "first")
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda *_anything, **_options: None)
        write_folder(target, "second")
    assert len(folders(tmp_path)) == 2
    sweep_staging(tmp_path)
    assert folders(tmp_path) == {"adapter": "second"}


def test_what_is_new_takes_the_place_of_nothing_but_an_empty_folder(tmp_path: Path) -> None:
    folder, file = own_staging_folder(tmp_path / "new"), tmp_path / "file"
    for made in (folder / CONTENT, file):
        made.write_text("new")
    (tmp_path / "taken").mkdir()
    for taken in (tmp_path / "taken" / CONTENT, tmp_path / "thesis.txt"):
        taken.write_text("mine")
    for source, target in product((folder, file), (tmp_path / "taken", tmp_path / "thesis.txt")):
        with pytest.raises(FileExistsError):
            publish_new(source, target)
    assert (tmp_path / "taken" / CONTENT).read_text() == (tmp_path / "thesis.txt").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    publish_new(folder, tmp_path / "empty")
    assert (tmp_path / "empty" / CONTENT).read_text() == "new"


def test_a_step_that_is_saved_again_is_never_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a stop in an evaluation: the step is saved, and once more when it is evaluated."""
    folder = make_run(tmp_path / "run", make_model(tmp_path / "model"), max_steps=3, eval_steps=3, save_steps=3)
    assert attempt(folder, at_poll={IN_EVALUATION: Command("pause")}) == 75
    assert folder.named("interrupted")[0]["step"] == 3
    assert [event["step"] for event in folder.named("evaluation")] == [0]
    (target,) = (folder.path / "checkpoints").iterdir()
    kill_at_rename(monkeypatch, lambda source: source != target)
    with pytest.raises(KilledError):
        attempt(folder)
    monkeypatch.undo()
    assert not target.exists()
    sweep_staging(target.parent)
    assert checkpoint.find(target.parent) == checkpoint.Found(target, ())
    assert attempt(folder) == 0
