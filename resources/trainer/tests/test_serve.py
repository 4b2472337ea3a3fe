"""The warm helper and the commands of the terminal, in processes of their own."""

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from template_builders import make_record, make_tokenizer, write_dataset

PACKAGE = Path(__file__).parents[1]


class Helper:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline_trainer", "serve"],
            cwd=PACKAGE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.ready = self.next()

    def next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def send(self, request: dict[str, Any] | str) -> None:
        assert self.process.stdin is not None
        text = request if isinstance(request, str) else json.dumps(request)
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self.send({"id": 1, "method": method, "params": params})
        while "progress" in (reply := self.next()):
            pass
        return reply

    def close(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    started = Helper()
    yield started
    assert started.close() == 0


@pytest.fixture(scope="module")
def base_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("base")
    make_tokenizer("chatml").save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = [make_record("Who?", f"Keeper {number}.", record_id=f"r{number}", line=number + 1) for number in range(600)]
    return write_dataset(tmp_path_factory.mktemp("data") / "dataset.jsonl", records)


def test_says_first_that_it_is_ready_and_with_what(helper: Helper) -> None:
    assert helper.ready["ready"] is True
    assert {"transformers", "tokenizers"} <= set(helper.ready["versions"])


def test_shows_a_record_of_a_dataset_or_one_that_it_is_given(helper: Helper, base_model: str, dataset: Path) -> None:
    common = {"base_model": base_model, "max_length": 128, "format": "chat"}
    by_number = helper.ask("inspect", dataset=str(dataset), index=5, **common)["result"]
    record = json.loads(dataset.read_text().splitlines()[5])
    assert helper.ask("inspect", record=record, **common)["result"] == by_number
    assert "Keeper 5." in by_number["text"]
    assert by_number["template"]["source"] == "own"


def test_counts_a_dataset_with_progress_and_keeps_its_tokens(
    helper: Helper, base_model: str, dataset: Path, tmp_path: Path
) -> None:
    sha256 = hashlib.sha256(dataset.read_bytes()).hexdigest()
    params = {"dataset": str(dataset), "sha256": sha256, "base_model": base_model, "max_length": 128}
    helper.send({"id": 3, "method": "stats", "params": {**params, "cache_dir": str(tmp_path)}})
    replies = [helper.next()]
    while "result" not in replies[-1]:
        replies.append(helper.next())
    assert [reply["progress"] for reply in replies[:-1]] == [
        {"done": done, "total": 1200} for done in (250, 500, 750, 1000, 1200)
    ]
    assert replies[-1]["result"]["records"] == 600
    assert helper.ask("stats", **params, cache_dir=str(tmp_path))["result"] == replies[-1]["result"]
    assert len(list(tmp_path.iterdir())) == 1


def test_surveys_a_dataset_without_a_base_model_and_with_progress(helper: Helper, dataset: Path, tmp_path: Path) -> None:
    split = {"seed": 42, "share": 0.1, "train": [], "held_out": ["r5"]}
    (tmp_path / "split.json").write_text(json.dumps(split))
    sha256 = hashlib.sha256(dataset.read_bytes()).hexdigest()
    params = {"dataset": str(dataset), "sha256": sha256, "split": str(tmp_path / "split.json")}
    helper.send({"id": 4, "method": "survey", "params": params})
    replies = [helper.next()]
    while "progress" in replies[-1]:
        replies.append(helper.next())
    assert replies[-2]["progress"] == {"done": 2400, "total": 2400}
    assert replies[-1]["result"]["records"] == 600
    assert replies[-1]["result"]["leakage"]["held_out"] == 1


def test_a_survey_can_be_cancelled_in_the_middle(helper: Helper, dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text(json.dumps({"seed": 1, "share": 0, "train": [], "held_out": []}))
    params = {"dataset": str(dataset), "split": str(tmp_path / "split.json")}
    helper.send({"id": 5, "method": "survey", "params": params})
    assert "progress" in helper.next()
    helper.send({"id": 6, "method": "cancel", "params": {"id": 5}})
    replies: dict[int, dict[str, Any]] = {}
    while len(replies) < 2:
        reply = helper.next()
        if "progress" not in reply:
            replies[reply["id"]] = reply
    assert replies[6]["result"] == {"cancelled": True}
    assert replies[5]["error"]["code"] == "cancelled"


def test_a_cancelled_request_ends_and_others_are_answered(helper: Helper, base_model: str, dataset: Path) -> None:
    params = {"dataset": str(dataset), "base_model": base_model, "max_length": 128}
    helper.send({"id": 7, "method": "stats", "params": params})
    helper.send({"id": 8, "method": "stats", "params": params})
    helper.send({"id": 9, "method": "cancel", "params": {"id": 8}})
    helper.send({"id": 10, "method": "ping"})
    replies: dict[int, dict[str, Any]] = {}
    while len(replies) < 4:
        reply = helper.next()
        if "progress" not in reply:
            replies[reply["id"]] = reply
    assert replies[9]["result"] == {"cancelled": True}
    assert replies[8]["error"]["code"] == "cancelled"
    assert replies[7]["result"]["records"] == 600
    assert replies[10]["result"]["pid"] == helper.process.pid


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("no json", "invalid_request"),
        ("[]", "invalid_request"),
        ('{"id": 1}', "invalid_request"),
        ('{"id": 1, "method": "fly"}', "invalid_request"),
        ('{"id": 1, "method": "inspect", "params": {}}', "invalid_request"),
        ('{"id": 1, "method": "inspect", "params": {"max_length": 8, "loss_scope": "some"}}', "invalid_request"),
        ('{"id": 1, "method": "stats", "params": {"max_length": 8, "base_model": "/nowhere"}}', "base_model_missing"),
        ('{"id": 1, "method": "inspect", "params": {"max_length": 8, "base_model": "."}}', "tokenizer_unreadable"),
        ("[" * 99_999, "invalid_request"),
    ],
)
def test_a_bad_request_is_answered_and_ends_nothing(helper: Helper, line: str, code: str) -> None:
    helper.send(line)
    assert helper.next()["error"]["code"] == code
    assert "result" in helper.ask("ping")


def test_a_template_that_was_changed_is_read_again(helper: Helper, dataset: Path, tmp_path: Path) -> None:
    make_tokenizer("chatml").save_pretrained(tmp_path)
    params = {"dataset": str(dataset), "index": 0, "base_model": str(tmp_path), "max_length": 128}
    first = helper.ask("inspect", **params)["result"]["text"]
    make_tokenizer("mistral").save_pretrained(tmp_path)
    assert helper.ask("inspect", **params)["result"]["text"] != first


def test_leaves_when_the_app_is_gone_in_the_middle_of_its_work(base_model: str, dataset: Path) -> None:
    helper = Helper()
    params = {"dataset": str(dataset), "base_model": base_model, "max_length": 128}
    for number in range(200):
        helper.send({"id": number, "method": "stats", "params": params})
    helper.next()
    assert helper.process.stdout is not None
    helper.process.stdout.close()
    started = time.monotonic()
    assert helper.process.stdin is not None
    helper.process.stdin.close()
    assert helper.process.wait(timeout=20) == 0
    assert time.monotonic() - started < 5


def test_serves_without_torch() -> None:
    code = (
        "import sys; from pipeline_trainer.hidden import without_torch; without_torch(); import transformers; "
        "from transformers import AutoTokenizer; import pipeline_trainer.one_shot; "
        "assert sys.modules['torch'] is None; "
        "assert not any(name.startswith('torch.') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PACKAGE, check=True, stderr=subprocess.DEVNULL)


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline_trainer", *arguments], cwd=PACKAGE, capture_output=True, check=False, timeout=60
    )
    return done.returncode, json.loads(done.stdout)


def test_the_terminal_gets_the_helpers_own_answers(helper: Helper, base_model: str, dataset: Path) -> None:
    common = {"dataset": str(dataset), "base_model": base_model, "max_length": 16}
    shared = (str(dataset), "--base-model", base_model, "--max-length", "16")
    answers: dict[str, tuple[int, dict[str, Any]]] = {}
    threads = [
        threading.Thread(target=lambda name=name: answers.update({name: run(name, *shared)}))
        for name in ("inspect", "stats")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers["inspect"] == (0, helper.ask("inspect", index=0, **common)["result"])
    assert answers["stats"] == (0, helper.ask("stats", **common)["result"])


def test_the_terminal_gets_an_error_as_one_object(base_model: str, tmp_path: Path) -> None:
    code, document = run("stats", str(tmp_path / "none.jsonl"), "--base-model", base_model)
    assert (code, document["error"]["code"]) == (1, "dataset_missing")


def test_shows_the_packs_once_the_tokens_are_counted(helper: Helper, tmp_path: Path, base_model: str) -> None:
    records = [make_record("Who?", "Aye.", record_id=f"r{number}", line=number + 1) for number in range(400)]
    dataset = write_dataset(tmp_path / "dataset.jsonl", records)
    split = tmp_path / "split.json"
    ids = [record.id for record in records]
    split.write_text(json.dumps({"seed": 42, "share": 0.1, "train": ids[1:], "held_out": ids[:1]}))
    common = {
        "base_model": base_model,
        "sha256": hashlib.sha256(dataset.read_bytes()).hexdigest(),
        "cache_dir": str(tmp_path / "tokens"),
        "max_length": 64,
    }
    choice = {"split": str(split), "records_per_step": 8, "seed": 42, "where": "cuda"}
    assert helper.ask("packs", **common, **choice, index=5)["error"]["code"] == "tokens_not_counted"
    assert "result" in helper.ask("stats", **common, dataset=str(dataset))
    assert helper.ask("packs", **common, **choice, index=5)["result"]["packs"][0]["documents"]
    began = time.perf_counter()
    assert "result" in helper.ask("packs", **common, **choice, index=6)
    assert time.perf_counter() - began < 0.3
    assert helper.ask("packs", **common, **choice, index=0)["error"]["code"] == "not_packed"


def test_names_every_record_over_the_limit(helper: Helper, tmp_path: Path, base_model: str) -> None:
    records = [
        make_record("Who?", "aye " * (90 if number % 2 else 1), record_id=f"r{number}", line=number + 1)
        for number in range(2400)
    ]
    params = {"dataset": str(write_dataset(tmp_path / "dataset.jsonl", records)), "base_model": base_model}
    found = helper.ask("over_limit", **params, max_length=32, most=2000)["result"]
    assert found["indexes"] == list(range(1, 2400, 2))
    assert found["ids"][-1] == "r2399"
    assert found["truncated"] is False
    some = helper.ask("over_limit", **params, max_length=32, most=10)["result"]
    assert (len(some["ids"]), some["truncated"]) == (10, True)
