"""Who competes on a processor, by name."""

from typing import Final, Literal, get_args

Lever = Literal["packing", "beginnings", "adapters", "layers", "siblings", "attention", "chunks", "rows"]

PEERS: Final = ("ours", "peft", "trl_default", "trl_tuned")
WITHOUT: Final = "ours without "
LEVERS: Final = ("ours", *(f"{WITHOUT}{lever}" for lever in get_args(Lever)))
