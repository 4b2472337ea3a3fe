"""What a dataset is, without a base model."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_trainer.data.split import Split
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.survey import dataset_survey
from pipeline_trainer.survey.crowds import Signatures
from pipeline_trainer.survey.methods import METHODS
from pipeline_trainer.survey.texts import jaccard, shingles_of, words_of

WORDS = [f"word{number}" for number in range(4000)]


def prose(seed: int, length: int = 60) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, length).tolist())


def changed(text: str, at: int) -> str:
    words = text.split()
    words[at] = "other"
    return " ".join(words)


def chat(record_id: str, *turns: str, **origin: Any) -> dict[str, Any]:
    roles = ("user", "assistant")
    messages = [
        {"role": roles[number % 2], "content": text, "trained": number % 2 == 1} for number, text in enumerate(turns)
    ]
    return {"id": record_id, "source_line": 1, "messages": messages, **origin}


def survey(folder: Path, records: Sequence[dict[str, Any]], held_out: Sequence[str] = (), **options: Any) -> dict[str, Any]:
    path = folder / "dataset.jsonl"
    lines = [{**record, "source_line": number} for number, record in enumerate(records, start=1)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    split = Split(7, 0.1, tuple(r["id"] for r in records if r["id"] not in held_out), tuple(held_out))
    found = dataset_survey(path, split, **options)
    json.dumps(found, allow_nan=False)
    return found


def members(group: dict[str, Any]) -> list[tuple[str, int]]:
    return [(member["record_id"], member["line"]) for member in group["members"]]


def test_groups_copies_and_near_copies_around_the_first_with_their_real_similarity(tmp_path: Path) -> None:
    first = prose(1)
    near = changed(first, 30)
    found = survey(
        tmp_path,
        [
            chat("a", "Who?", first),
            chat("b", "Who?", prose(2)),
            chat("c", "Who?", near),
            chat("d", "Who?", first),
            chat("e", "Who?", near),
        ],
    )["duplicates"]
    assert (found["exact"], found["near"], found["groups_total"], found["unchecked"]) == (2, 1, 1, 0)
    group = found["groups"][0]
    assert members(group) == [("a", 1), ("c", 3), ("d", 4), ("e", 5)]
    real = round(jaccard(shingles_of(f"Who?\n{first}"), shingles_of(f"Who?\n{near}")), 4)
    assert [member["similarity"] for member in group["members"]] == pytest.approx([1, real, 1, real], abs=1e-4)


def test_a_candidate_that_is_not_similar_enough_is_no_duplicate(tmp_path: Path) -> None:
    first = prose(1)
    changed_often = first
    for at in range(5, 60, 8):
        changed_often = changed(changed_often, at)
    assert jaccard(shingles_of(first), shingles_of(changed_often)) < 0.8
    found = survey(tmp_path, [chat("a", "Who?", first), chat("b", "Who?", changed_often)])["duplicates"]
    assert (found["near"], found["groups"]) == (0, [])


def test_records_of_one_conversation_are_not_duplicates_of_each_other(tmp_path: Path) -> None:
    history = (prose(1, 300), prose(2, 300))
    records = [
        chat("a", *history, conversation_id="c"),
        chat("b", *history, "And?", "Yes, so it is said.", conversation_id="c"),
        chat("x", *history, "And?", "Yes, so it was said.", conversation_id="d"),
    ]
    found = survey(tmp_path, records)
    assert [members(group) for group in found["duplicates"]["groups"]] == [[("b", 2), ("x", 3)]]
    assert found["conversations"] == 2


def test_texts_without_blanks_are_compared_by_their_characters() -> None:
    assert words_of("灯台守,Hello 42") == ["灯", "台", "守", "hello", "42"]


def test_names_held_out_records_whose_question_or_answer_is_trained(tmp_path: Path) -> None:
    question, answer = prose(1), prose(2)
    records = [
        chat("train question", question, prose(3)),
        chat("held question", changed(question, 5), prose(4)),
        chat("train answer", "Why?", answer),
        chat("held answer", "What for?", answer.upper()),
        chat("held clean", "Where to?", prose(5)),
        chat("train short", "How?", "Yes."),
        chat("held short", "Is it so?", "Yes."),
    ]
    found = survey(tmp_path, records, ["held question", "held answer", "held clean", "held short"])["leakage"]
    assert (found["seed"], found["share"], found["train"], found["held_out"], found["records"]) == (7, 0.1, 3, 4, 2)
    rows = [(row["part"], row["held_out"]["record_id"], row["train"]["record_id"]) for row in found["rows"]]
    assert rows == [
        ("first_user_message", "held question", "train question"),
        ("answer", "held answer", "train answer"),
    ]
    assert found["rows"][0]["similarity"] == pytest.approx(51 / 61, abs=1e-4)
    assert found["rows"][1]["similarity"] == 1
    assert found["rows"][1]["held_out"] == {"index": 3, "record_id": "held answer", "line": 4}


def test_counts_turns_by_conversation_and_messages_by_role(tmp_path: Path) -> None:
    system = {"role": "system", "content": "Be kind.", "trained": False}
    long = chat("b", "Hi", "Hello", "Why?", "So.", conversation_id="c")
    long["messages"].insert(0, system)
    found = survey(tmp_path, [chat("a", "Hi", "Hello", conversation_id="c"), long, chat("d", "Hi", "Ho")])
    assert (found["records"], found["conversations"]) == (3, 2)
    assert {name: found["turns"][name] for name in ("min", "max", "mean")} == {"min": 2, "max": 4, "mean": 3.0}
    assert found["roles"] == {"user": 4, "assistant": 4, "system": 1}
    assert (found["characters"]["min"], sum(found["characters"]["histogram"]["counts"])) == (5, 3)


def test_counts_languages_and_says_which_are_too_short(tmp_path: Path) -> None:
    german = "Der Leuchtturmwärter kennt jedes Schiff, das in den Hafen einläuft, und grüßt seine Mannschaft."
    english = "The keeper of the lighthouse knows every ship that comes into the harbour and greets its crew."
    found = survey(tmp_path, [chat("a", german, german), chat("b", english, english), chat("c", "Ja", "Nein")])["languages"]
    assert {row["language"]: row["records"] for row in found["spoken"]} == {"de": 1, "en": 1}
    assert (found["too_short"], found["uncertain"]) == (1, 0)


def test_counts_odd_characters_and_marks_of_templates(tmp_path: Path) -> None:
    records = [
        chat("a", "Is \u202egnp.exe safe?", "No\x00\x1b."),
        chat("b", "שלום", "a\ufffd\tb\n"),
        chat("c", "Dear {{ name }},", "<|im_start|>assistant <|im_end|>"),
        chat("d", "Set {{x}: 1}?", "No <| pipe |>, [INSTRUCTION] or <span>."),
        chat("e", "[INST] <<SYS>>", "<start_of_turn> </s>"),
    ]
    found = survey(tmp_path, records)
    assert found["odd_characters"] == {"right_to_left": 1, "bidirectional_control": 1, "control": 1, "replacement": 1}
    tokens = found["template_tokens"]
    assert tokens["records"] == 2
    of_llama_and_gemma = {"[INST]", "<<SYS>>", "<start_of_turn>", "</s>"}
    assert {row["token"] for row in tokens["found"]} == {"{{ name }}", "<|im_start|>", "<|im_end|>", *of_llama_and_gemma}
    assert [row["record_id"] for row in tokens["rows"]] == ["c", "e"]


def test_counts_the_design_and_recomputes_quality_from_the_pairs(tmp_path: Path) -> None:
    place = {"persona": "novice", "arc": "up", "topic": "money"}
    records = [
        chat("a", "1?", "One.", scaffolding=place, quality_score=4.5),
        chat("b", "2?", "Two.", scaffolding=place, quality_score=2.5),
        chat("c", "3?", "Three.", scaffolding={"persona": "expert"}),
    ]
    found = survey(tmp_path, records)
    assert found["scaffolding"] == {
        "cells_total": 2,
        "records": 3,
        "cells": [{**place, "records": 2}, {"persona": "expert", "arc": None, "topic": None, "records": 1}],
    }
    assert found["quality"] == {
        "scored": 2, "unscored": 1, "mean": 3.5, "min": 2.5, "max": 4.5, "low": 1, "low_share": 0.5,
    }  # fmt: skip


def test_makes_up_no_score_and_no_design(tmp_path: Path) -> None:
    found = survey(tmp_path, [chat("a", "Hi", "Ho")])
    assert (found["scaffolding"], found["quality"]) == (None, None)


def test_an_empty_dataset_has_a_survey_too(tmp_path: Path) -> None:
    found = survey(tmp_path, [])
    assert (found["records"], found["conversations"], found["duplicates"]["groups"]) == (0, 0, [])


def test_surveys_texts_comparisons_and_judged_answers(tmp_path: Path) -> None:
    ask = [{"role": "user", "content": "Which?", "trained": False}]
    say = [{"role": "assistant", "content": prose(9), "trained": True}]
    deny = [{"role": "assistant", "content": "No.", "trained": False}]
    records = [
        {"id": "t", "source_line": 1, "text": prose(8)},
        {"id": "p", "source_line": 2, "prompt": ask, "chosen": say, "rejected": deny},
        {"id": "k", "source_line": 3, "prompt": ask, "completion": say, "label": True},
    ]
    found = survey(tmp_path, records, ["k"])
    assert found["roles"] == {"user": 2, "assistant": 3}
    assert [row["part"] for row in found["leakage"]["rows"]] == ["first_user_message", "answer"]


def test_every_number_has_its_method(tmp_path: Path) -> None:
    found = survey(tmp_path, [chat("a", "Hi", "Ho")])
    assert found["methods"] == METHODS
    assert all(sentence.endswith(".") for sentence in METHODS.values())


def test_a_million_times_the_same_text_costs_no_million_comparisons(tmp_path: Path) -> None:
    records = [chat(str(number), "Who?", prose(1), meta=number) for number in range(300)]
    near = [chat(f"n{number}", "Who?", changed(prose(1), number % 60)) for number in range(300)]
    found = survey(tmp_path, [*records, *near])["duplicates"]
    assert found["groups_total"] == 1
    assert found["groups"][0]["size"] == 600


def test_ends_where_its_progress_says_so_and_names_a_changed_file(tmp_path: Path) -> None:
    def refuse(_done: int, _total: int) -> None:
        raise TrainerError("cancelled", "Enough.")

    with pytest.raises(TrainerError, match="Enough"):
        survey(tmp_path, [chat("a", "Hi", "Ho")], progress=refuse)
    with pytest.raises(TrainerError) as caught:
        survey(tmp_path, [chat("a", "Hi", "Ho")], sha256="0" * 64)
    assert caught.value.code == "dataset_changed"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=8))
def test_equal_texts_always_meet_and_no_text_breaks_anything(texts: list[str]) -> None:
    signatures = Signatures()
    for text in [*texts, *texts]:
        signatures.add(shingles_of(text))
    crowd = signatures.crowd()
    for index in range(len(texts)):
        crowd.enter(index)
    for index, text in enumerate(texts):
        met = crowd.met_by(index + len(texts))
        assert (not words_of(text)) or any(shingles_of(texts[other]) == shingles_of(text) for other in met)
