"""Rule 9, the plain-PEFT half: what is exported computes what was trained."""

import json
import sys
import threading
import zipfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from forked import Forked, forked
from training_builders import Folder, attempt, make_model, make_run

from pipeline_trainer import export
from pipeline_trainer.compare import Verification, compare
from pipeline_trainer.compare_merged import MergedVerification
from pipeline_trainer.errors import TrainerError

SUFFIX = {"adapter": "", "zip": ".zip"}
KINDS = tuple(SUFFIX)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A run of a model of a few thousand weights that has ended: what is checked of it takes no time."""
    folder = make_run(tmp_path_factory.mktemp("run"), make_model(tmp_path_factory.mktemp("base") / "tiny"))
    assert attempt(folder) == 0
    return folder


def arguments(run: Folder, kind: str, to: Path) -> list[str]:
    return ["--adapter", str(run.path / "adapter"), "--base-model", str(run.model), "--format", kind, "--to", str(to)]


def contents(target: Path) -> dict[str, bytes]:
    """What an export holds, by name."""
    if target.is_dir():
        return {path.name: path.read_bytes() for path in target.iterdir()}
    with zipfile.ZipFile(target) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_rule_9_the_comparison_notices_another_adapter(tiny: Folder, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    stored = tiny.path / "adapter"
    other = {name: tensor * 0.5 for name, tensor in load_file(stored / "adapter_model.safetensors").items()}
    save_file(other, tmp_path / "adapter_model.safetensors")
    (tmp_path / "adapter_config.json").write_bytes((stored / "adapter_config.json").read_bytes())
    assert not compare(tiny.model, stored=stored, loaded_again=tmp_path).ok


def test_export_as_zip_is_checked_and_leaves_nothing_beside_it(
    tiny: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "mein Export ü.zip"
    assert export.main(arguments(tiny, "zip", target)) == 0
    checking, answer = map(json.loads, capsys.readouterr().out.splitlines())
    assert checking == {"event": "checking"}
    assert answer["verification"]["ok"]
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    with zipfile.ZipFile(target) as packed:
        assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "chat_template.jinja"} <= set(
            packed.namelist()
        )


def test_export_never_overwrites(tiny: Folder, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    with pytest.raises(TrainerError) as refused:
        export.main(arguments(tiny, "adapter", target))
    assert refused.value.code == "export_target_exists"
    assert (target / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_exports_to_one_target_the_later_to_end_is_refused(
    tiny: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    target, plain = tmp_path / f"out{SUFFIX[kind]}", export.check
    ended: list[dict[str, bytes]] = []

    def check_while_another_exports(staging: Path, options: Namespace) -> Verification | MergedVerification:
        with monkeypatch.context() as patched:
            patched.setattr(export, "check", plain)
            assert export.main(arguments(tiny, kind, target)) == 0
        ended.append(contents(target))
        return plain(staging, options)

    monkeypatch.setattr(export, "check", check_while_another_exports)
    with pytest.raises(TrainerError) as refused:
        export.main(arguments(tiny, kind, target))
    assert refused.value.code == "export_target_exists"
    assert [contents(target)] == ended
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_that_ends_while_another_fills_its_folder_has_its_own_files(
    tiny: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    target, plain = tmp_path / f"out{SUFFIX[kind]}", export.check
    with ExitStack() as others:

        def check_while_another_begins(staging: Path, options: Namespace) -> Verification | MergedVerification:
            found = plain(staging, options)
            others.enter_context(export.staged(target))
            return found

        monkeypatch.setattr(export, "check", check_while_another_begins)
        assert export.main(arguments(tiny, kind, target)) == 0
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json"} <= contents(target).keys()


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_keeps_whatever_lies_beside_its_target(tiny: Folder, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"out{SUFFIX[kind]}"
    beside = {f".staging-{target.name}", f".staging-replaced-{target.name}"}
    for name in beside:
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("mine")
    archive = tmp_path / f".staging-{target.name}.zip"
    archive.write_text("mine")
    if kind == "adapter":
        target.mkdir()  # chosen while empty, as a folder dialog makes it
    assert export.main(arguments(tiny, kind, target)) == 0
    assert {path.name for path in tmp_path.iterdir()} == {*beside, archive.name, target.name}
    assert [(tmp_path / name / "thesis.txt").read_text() for name in beside] == ["mine", "mine"]
    assert archive.read_text() == "mine"


def test_an_export_has_the_modes_of_any_new_folder_and_file(tiny: Folder, tmp_path: Path) -> None:
    assert export.main(arguments(tiny, "adapter", tmp_path / "out")) == 0
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "folder").stat().st_mode
    assert {path.stat().st_mode for path in (tmp_path / "out").iterdir()} == {(tmp_path / "file").stat().st_mode}


def hold_the_check() -> None:
    """An export then stops between its files and their check, and says so."""

    def hold(_staging: Path, _options: object) -> NoReturn:
        sys.stdout.write("staged\n")
        sys.stdout.flush()
        threading.Event().wait()
        raise AssertionError("nobody sets it")

    export.check = hold


@contextmanager
def held_export(tiny: Folder, target: Path) -> Iterator[Forked]:
    with forked("--attended", "export", *arguments(tiny, "adapter", target), before=hold_the_check) as child:
        assert child.stdout.readline() == b"staged\n"
        assert list(target.parent.iterdir()) != []
        yield child


def test_an_export_ends_with_whoever_asked_for_it_and_leaves_nothing(tiny: Folder, tmp_path: Path) -> None:
    with held_export(tiny, tmp_path / "out") as child:
        child.stdin.close()
        assert child.wait(timeout=30) == 75
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_is_told_to_end_leaves_nothing(tiny: Folder, tmp_path: Path) -> None:
    with held_export(tiny, tmp_path / "out") as child:
        child.terminate()
        assert child.wait(timeout=30) == 75
    assert list(tmp_path.iterdir()) == []
