"""The canonical records that the importer writes."""

import pytest

from pipeline_trainer.data.records import parse_record

TURN = {"role": "user", "content": "q", "trained": False}
ANSWER = {"role": "assistant", "content": "a", "trained": True}
ORIGIN = {"id": "r", "source_line": 1}


def test_reads_a_comparison_of_which_the_prompt_is_never_trained() -> None:
    record = parse_record({**ORIGIN, "prompt": [{**TURN, "trained": True}], "chosen": [ANSWER], "rejected": [ANSWER]})
    assert [message.trained for message in record.messages] == [False, True]
    assert (record.rejected, record.prompt_turns, record.label) == (record.messages, 1, None)


def test_reads_a_judged_answer() -> None:
    record = parse_record({**ORIGIN, "prompt": [TURN], "completion": [ANSWER], "label": False})
    assert (len(record.messages), record.rejected, record.label) == (2, (), False)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"text": ""},
        {"prompt": [TURN], "chosen": [ANSWER]},
        {"prompt": [TURN], "completion": [ANSWER], "label": 1},
        {"prompt": [], "chosen": [ANSWER], "rejected": [ANSWER]},
    ],
)
def test_refuses_what_is_no_record(content: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="missing"):
        parse_record({**ORIGIN, **content})


def test_reads_the_score_of_a_pair_where_there_is_one() -> None:
    scored = parse_record({**ORIGIN, "messages": [TURN, ANSWER], "quality_score": 4.5})
    assert (scored.quality_score, parse_record({**ORIGIN, "text": "once"}).quality_score) == (4.5, None)


def test_reads_a_conversation() -> None:
    assert [message.role for message in parse_record({**ORIGIN, "messages": [TURN, ANSWER]}).messages] == [
        "user",
        "assistant",
    ]


def test_reads_a_text() -> None:
    assert parse_record({**ORIGIN, "text": "once"}).text == "once"
