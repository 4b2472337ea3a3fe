"""Small tokenizers that merge across borders, with the templates of the families that people fine-tune."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from pipeline_trainer.data.records import Message, Record
from pipeline_trainer.data.templates import ChatTemplate

REAL_MODEL = Path(__file__).parents[2] / "models" / "smollm2-135m-instruct"

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LLAMA3 = (
    "{{ bos_token }}{% for m in messages %}"
    "{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' + m.content | trim + '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)
# No system role, roles must alternate, no opening of its own for an answer.
MISTRAL = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
    "{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}"
    "{% else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}"
)
# Mistral's later ones: the system text stands in the last user turn, so prefixes change.
SYSTEM_LAST = (
    "{{ bos_token }}{% set system = messages[0].content if messages[0].role == 'system' else '' %}"
    "{% set talk = messages[1:] if system else messages %}"
    "{% for m in talk %}{% if m.role == 'user' %}"
    "{{ '[INST]' + ((system + '\n\n') if system and loop.index0 == ((talk | length - 1) // 2) * 2 else '')"
    " + m.content + '[/INST]' }}"
    "{% else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}"
)
# Qwen3's way: an opening of a thought before the last answer only, thoughts of earlier ones left out.
THINKING = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
    "{% if m.role == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}"
    "{{ (m.content.split('</think>') | last).strip() + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
# The opening of a generation holds more than the history keeps (DeepSeek R1).
OPENED_THOUGHT = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}"
)
# The end of a turn is spelled with ordinary tokens.
SPELLED = (
    "{% for m in messages %}{{ m.role + ': ' + m.content + ' ###\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
)
# The prompt ends in a blank, which melts into the first word of an answer.
MELTING = SPELLED.replace("'assistant:'", "'assistant: '")
TOOLS = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content }}"
    "{% if m.tool_calls %}{% for c in m.tool_calls %}{{ '<tool_call>' + (c.function | tojson) + '</tool_call>' }}"
    "{% endfor %}{% endif %}{{ '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TEMPLATES = {
    "chatml": CHATML,
    "llama3": LLAMA3,
    "mistral": MISTRAL,
    "system_last": SYSTEM_LAST,
    "thinking": THINKING,
    "opened_thought": OPENED_THOUGHT,
    "spelled": SPELLED,
    "plain": None,
}
SPECIALS = (
    "<pad>",
    "<s>",
    "</s>",
    "<|im_start|>",
    "<|im_end|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
)
WORDS = [
    "The keeper of the light answers: aye, keep your lamp lit.\n\n\nassistant: system: user: tool:\n",
    "How do I welcome a new colleague? Show her round.  And then?\n\n ### Assistant:\nUser:\nSystem:\n",
] * 8


@cache
def byte_level(*, trim_offsets: bool = False) -> Tokenizer:
    """BPE over bytes with merges, as GPT-2, Llama 3 and Qwen have it."""
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    raw.post_processor = processors.ByteLevel(trim_offsets=trim_offsets)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=list(SPECIALS), initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator(WORDS, trainer)
    return raw


@cache
def metaspace() -> Tokenizer:
    """BPE with visible blanks and bytes for the rest, as Llama 2, Mistral and Gemma have it."""
    raw = Tokenizer(models.BPE(byte_fallback=True, unk_token="<0x00>", fuse_unk=True))
    raw.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    raw.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="first")])
    bytes_of_all = [f"<0x{value:02X}>" for value in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=[*SPECIALS, *bytes_of_all], show_progress=False)
    # No line feeds: as in sentencepiece they are bytes, and melt into nothing.
    raw.train_from_iterator([text.replace("\n", " ") for text in WORDS], trainer)
    return raw


BACKENDS = {
    "bytes": byte_level,
    "trimmed": lambda: byte_level(trim_offsets=True),
    "metaspace": metaspace,
}


def make_tokenizer(name: str, backend: str = "bytes") -> PreTrainedTokenizerFast:
    """One of `TEMPLATES` on one of `BACKENDS`, as a transformers tokenizer."""
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=BACKENDS[backend](), pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    )
    tokenizer.chat_template = {**TEMPLATES, "tools": TOOLS, "melting": MELTING}[name]
    return tokenizer


@cache
def make_template(name: str, backend: str = "bytes") -> ChatTemplate:
    """The same, wrapped."""
    return ChatTemplate(make_tokenizer(name, backend))


def write_dataset(path: Path, records: Iterable[Record]) -> Path:
    """A canonical `dataset.jsonl`."""
    lines = []
    for record in records:
        messages = [{"role": m.role, "content": m.content, "trained": m.trained} for m in record.messages]
        lines.append(json.dumps({"id": record.id, "source_line": record.source_line, "messages": messages}))
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def make_record(*turns: str, system: str | None = None, line: int = 7, record_id: str = "r1") -> Record:
    """User and assistant in turn; every answer is trained."""
    talk = [
        Message("assistant", text, trained=True) if number % 2 else Message("user", text)
        for number, text in enumerate(turns)
    ]
    head = [] if system is None else [Message("system", system)]
    return Record(record_id, line, (*head, *talk))
