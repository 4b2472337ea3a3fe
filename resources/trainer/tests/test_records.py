"""The canonical records that the importer writes."""

import pytest

from pipeline_trainer.data.records import parse_record
from pipeline_trainer.errors import TrainerError

TURN = {"role": "user", "content": "q", "trained": False}
ANSWER = {"role": "assistant", "content": "a", "trained": True}
ORIGIN = {"id": "r", "source_line": 1}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"prompt": [TURN], "chosen": [ANSWER], "rejected": [ANSWER]}, "preference pairs"),
        ({"prompt": [TURN], "completion": [ANSWER], "label": True}, "labelled answers"),
    ],
)
def test_names_the_kinds_that_cannot_be_trained_yet(content: dict[str, object], named: str) -> None:
    with pytest.raises(TrainerError, match=named) as caught:
        parse_record({**ORIGIN, **content})
    assert caught.value.code == "dataset_kind"


def test_reads_a_conversation() -> None:
    assert [message.role for message in parse_record({**ORIGIN, "messages": [TURN, ANSWER]}).messages] == [
        "user",
        "assistant",
    ]


def test_reads_a_text() -> None:
    assert parse_record({**ORIGIN, "text": "once"}).text == "once"
