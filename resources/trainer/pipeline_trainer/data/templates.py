"""A base model's chat template around its tokenizer: one way to text for preview, training and chat."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from ..errors import TrainerError
from .records import Message
from .sandbox import compile_template
from .tokenizer import (
    Encoded,
    Tokenizer,
    encode,
    encode_all,
    generation_ends,
    load_tokenizer,
    own_templates,
    special_ids,
    special_tokens,
    starts_with_bos,
)

__all__ = ["PLAIN_TEMPLATE", "ChatTemplate", "Encoded", "encode", "load_template", "load_tokenizer"]

BEGIN_WITH_BOS: Final = "{{- bos_token }}\n"
# Where the base model brings no template: no new tokens, and the end of a turn is the end of text.
PLAIN_TEMPLATE: Final = """\
{%- if tools %}{{ 'Tools:\\n' + (tools | tojson) + '\\n\\n' }}{% endif %}
{%- for message in messages %}
{%- set name = {'system': 'System', 'user': 'User', 'assistant': 'Assistant', 'tool': 'Tool'}[message['role']] %}
{{- name + ':\\n' + message['content'] }}
{%- if message['tool_calls'] %}{{ message['tool_calls'] | tojson }}{% endif %}
{%- if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}
{{- '\\n\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ 'Assistant:\\n' }}{% endif %}"""
PROBE: Final = "PqZprobe"


class ChatTemplate:
    """Renders conversations as the base model expects them."""

    def __init__(self, tokenizer: Tokenizer, *, end_token_ids: frozenset[int] | None = None) -> None:
        """Compile and probe. `end_token_ids`: what generation stops at, by default as in the model's folder.

        Raises `template_refused` or `template_unusable`.
        """
        self.tokenizer = tokenizer
        own, tool_use = own_templates(tokenizer)
        self.source: Literal["own", "plain"] = "plain" if own is None else "own"
        self.text = plain_template(tokenizer) if own is None else own
        if own is None and not tokenizer.eos_token:
            raise TrainerError(
                "template_unusable",
                "The tokenizer has neither a chat template nor an end-of-text token.",
                hint="Use a base model whose tokenizer names its eos_token.",
            )
        self._render = compile_template(self.text)
        self._render_tools = self._render if tool_use is None else compile_template(tool_use)
        self._variables = special_tokens(tokenizer)
        self._declared_ends = generation_ends(tokenizer) if end_token_ids is None else end_token_ids

    def render(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        add_generation_prompt: bool = False,
    ) -> str:
        """The text of `messages`; `generation_prompt` opens the assistant's next turn.

        Raises `template_refused` when the template does not take this conversation.
        """
        prepared = list(messages) if self.has_system_role else without_system_role(messages)
        return self._apply(prepared, tools=tools, generation_prompt=add_generation_prompt)

    @cached_property
    def has_system_role(self) -> bool:
        """Whether a system message shows up in the rendering: templates refuse it, or leave it out."""
        probe = [Message("system", PROBE), Message("user", "a")]
        try:
            return PROBE in self._apply(probe, tools=(), generation_prompt=True)
        except TrainerError:
            return False

    @cached_property
    def writes_tools(self) -> bool:
        """Whether a list of tools shows up in the rendering; one that is refused is not left out."""
        parameters: dict[str, Any] = {"type": "object", "properties": {}}
        tool = {"type": "function", "function": {"name": PROBE, "description": PROBE, "parameters": parameters}}
        try:
            return PROBE in self._apply([Message("user", "a")], tools=[tool], generation_prompt=True)
        except TrainerError:
            return True

    @cached_property
    def end_token_ids(self) -> frozenset[int]:
        """Tokens that end an assistant's turn: the template's own, eos, and what generation stops at."""
        own = self._probed_end
        eos = self.tokenizer.eos_token_id
        return self._declared_ends | ({own} if own is not None else set()) | ({eos} if eos is not None else set())

    @cached_property
    def sha256(self) -> str:
        """Hash of everything that decides the rendering."""
        document = [self.text, own_templates(self.tokenizer)[1], self._variables, sorted(self._declared_ends)]
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()

    @cached_property
    def tokenizer_sha256(self) -> str:
        """Hash of the tokenizer's own description: vocabulary, merges, added tokens, normalisation."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        text = backend.to_str() if backend is not None else repr(self.tokenizer)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

    def adapted(self, messages: Sequence[Message]) -> list[Message]:
        """Without a system role in the template, the system text goes to the front of the first user turn."""
        return list(messages) if self.has_system_role else without_system_role(messages)

    def encode(self, text: str, *, special: bool = False) -> Encoded:
        """Tokens of rendered text; the template writes the special tokens itself. `special`: the tokenizer adds its own.

        Raises `tokenizer_unsupported` where the tokenizer does not say which characters a token stands for.
        """
        if not self.tokenizer.is_fast:
            raise TrainerError(
                "tokenizer_unsupported",
                "This tokenizer does not tell which characters its tokens stand for.",
                hint="Use a base model with a tokenizer.json.",
            )
        encoded = self.tokenizer(text, add_special_tokens=special, return_offsets_mapping=True)
        return Encoded(list(encoded["input_ids"]), [(start, end) for start, end in encoded["offset_mapping"]])

    def encode_all(self, texts: list[str]) -> list[list[int]]:
        """Token ids of texts that no template is put around."""
        return encode_all(self.tokenizer, texts)

    def decode(self, ids: Sequence[int]) -> str:
        """Text of an answer, without special tokens."""
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    def prompt_ids(self, prompt: str) -> list[int]:
        """One user message and the opening of the answer."""
        return encode(self.tokenizer, self.render([Message("user", prompt)], add_generation_prompt=True))

    @cached_property
    def special_ids(self) -> frozenset[int]:
        """Ids of special tokens, those of the template included."""
        return special_ids(self.tokenizer)

    @property
    def stop_ids(self) -> set[int]:
        """Tokens that end generation."""
        return set(self.end_token_ids)

    @cached_property
    def pad_id(self) -> int:
        """A token for padding that never ends a turn."""
        return pad_token_id(self)

    def describe(self) -> dict[str, str]:
        """For people: where the template comes from."""
        notes = {
            "own": "The base model's own chat template.",
            "plain": "The base model has no chat template; Pipeline's plain one is used and exported with the adapter.",
        }
        merged = "" if self.has_system_role else " It has no system role: system text goes to the first user turn."
        return {"source": self.source, "note": notes[self.source] + merged}

    @cached_property
    def end_text(self) -> str:
        """What the template writes after an answer that ends the conversation, without white space around."""
        text = self.render([Message("user", "a"), Message("assistant", PROBE)])
        return text[text.rfind(PROBE) + len(PROBE) :].strip()

    @cached_property
    def _probed_end(self) -> int | None:
        ids = encode(self.tokenizer, self.end_text)
        return next((token for token in ids if token in self.special_ids), None)

    def _apply(self, messages: Sequence[Message], *, tools: Sequence[Mapping[str, Any]], generation_prompt: bool) -> str:
        render = self._render_tools if tools else self._render
        return render(
            messages=[as_document(message) for message in messages],
            tools=[dict(tool) for tool in tools] or None,
            documents=None,
            add_generation_prompt=generation_prompt,
            **self._variables,
        )


def plain_template(tokenizer: Tokenizer) -> str:
    """The plain template for this tokenizer; whoever gets it exported knows no variables but those of transformers."""
    return BEGIN_WITH_BOS + PLAIN_TEMPLATE if starts_with_bos(tokenizer) else PLAIN_TEMPLATE


def load_template(base_model: Path) -> ChatTemplate:
    """Tokenizer and template of a base model's folder. Raises what its parts raise."""
    return ChatTemplate(load_tokenizer(base_model))


def pad_token_id(template: ChatTemplate) -> int:
    """A token for padding that is never an end of turn: the tokenizer's own, else one that is no answer.

    Padding is masked, so any other id serves. Raises `template_unusable`.
    """
    own = template.tokenizer.pad_token_id
    if own is not None and own not in template.end_token_ids:
        return own
    found = next((token for token in range(len(template.tokenizer)) if token not in template.end_token_ids), None)
    if found is None:
        raise TrainerError("template_unusable", "The tokenizer has no token for padding.", hint="Use another base model.")
    return found


def without_system_role(messages: Sequence[Message]) -> list[Message]:
    """The system text in front of the first user message, a blank line between."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    first = next((index for index, message in enumerate(rest) if message.role == "user"), None)
    if not system or first is None:
        return rest
    merged = replace(rest[first], content=f"{system}\n\n{rest[first].content}")
    return [*rest[:first], merged, *rest[first + 1 :]]


def as_document(message: Message) -> dict[str, Any]:
    """A message as templates read it."""
    document: dict[str, Any] = {"role": message.role, "content": message.content}
    return {**document, "tool_calls": [dict(call) for call in message.tool_calls]} if message.tool_calls else document
