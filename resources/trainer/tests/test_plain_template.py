"""A base model without a chat template, as Mistral-7B-v0.1 is one: trained by the plain one, which its export brings."""

import json
from pathlib import Path

import pytest
from tokenizers import processors
from training_builders import attempt, make_model, make_records, make_run
from transformers import AutoTokenizer

from pipeline_trainer import export
from pipeline_trainer.data.templates import ChatTemplate, load_tokenizer
from pipeline_trainer.run_data import read_data

BOS = "<|system|>"


def put_bos_before_any_text(model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.bos_token = BOS
    begins = [(BOS, tokenizer.convert_tokens_to_ids(BOS))]
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=begins)
    tokenizer.save_pretrained(model)


@pytest.mark.parametrize("with_bos", [False, True])
def test_a_run_learns_and_whoever_loads_its_export_writes_the_same_tokens(
    tmp_path: Path, with_bos: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    model = make_model(tmp_path / "model", template=None)
    if with_bos:
        put_bos_before_any_text(model)
    folder = make_run(tmp_path / "run", model, num_epochs=3, eval_steps=15, save_steps=15)
    assert attempt(folder) == 0
    completed = folder.named("completed")[0]
    assert completed["final_validation_loss"] < completed["base_validation_loss"] - 0.1
    arguments = ["--adapter", str(folder.path / "adapter"), "--base-model", str(model), "--format", "adapter"]
    assert export.main([*arguments, "--to", str(tmp_path / "out")]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["verification"]["ok"]

    theirs = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert len(theirs) == len(AutoTokenizer.from_pretrained(model))
    messages = [{key: message[key] for key in ("role", "content")} for message in make_records(1)[0]["messages"]]
    row = read_data(folder.path, job=folder.job).rows.held_out[0]
    written = theirs.apply_chat_template(messages, return_dict=False)
    assert written[: len(row.ids)] == row.ids
    assert theirs.decode(written[len(row.ids) :]).strip() == ""
    assert (row.ids[0] == theirs.convert_tokens_to_ids(BOS)) == with_bos
    assert [token for token, trained in zip(row.ids, row.trained, strict=True) if trained][-1] == theirs.eos_token_id
    opened = theirs.apply_chat_template(messages[:1], add_generation_prompt=True, return_dict=False)
    assert opened == ChatTemplate(load_tokenizer(model)).prompt_ids(messages[0]["content"])
