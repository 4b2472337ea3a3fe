"""Chat templates come from strangers: no way out, no endless loop, no flood of text."""

import time

import pytest
from template_builders import BACKENDS, CHATML, TEMPLATES, make_template
from transformers import PreTrainedTokenizerFast

from pipeline_trainer.data import sandbox
from pipeline_trainer.data.records import Message
from pipeline_trainer.data.sandbox import compile_template
from pipeline_trainer.data.templates import ChatTemplate
from pipeline_trainer.errors import TrainerError

TALK = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Aye."}]

ENDLESS = {
    "nested loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "empty inner loops": "{% for a in range(99999) %}{% for b in range(99999) if false %}{% endfor %}{% endfor %}",
    "a macro that calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
    "{{ m(200) }}",
    "a recursive loop": "{% for a in [1, 2] recursive %}{{ loop([1, 2]) }}{{ loop([1, 2]) }}{% endfor %}",
    "a loop over a macro": "{% macro m() %}x{% endmacro %}{% for a in range(99999) %}{% for b in range(99999) %}"
    "{% set _ = m() %}{% endfor %}{% endfor %}",
}
FLOODS = {
    "repeated text": "{{ 'a' * 9999999999 }}",
    "repeated list": "{{ [1] * 9999999999 }}",
    "power": "{{ 9 ** 999999999 }}",
    "doubling by +": "{% set n = namespace(s='aaaaaaaa') %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}",
    "doubling by ~": "{% set n = namespace(s='aaaaaaaa') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    "doubling by join": "{% set n = namespace(s='aaaa') %}{% for i in range(60) %}{% set n.s = [n.s, n.s] | join(n.s) %}"
    "{% endfor %}",
    "doubling by join method": "{% set n = namespace(s='aaaa') %}{% for i in range(60) %}"
    "{% set n.s = n.s.join([n.s, n.s]) %}{% endfor %}",
    "doubling by replace": "{% set n = namespace(s='aaaa') %}{% for i in range(60) %}"
    "{% set n.s = n.s | replace('a', 'aa') %}{% endfor %}",
    "doubling by replace method": "{% set n = namespace(s='aaaa') %}{% for i in range(60) %}"
    "{% set n.s = n.s.replace('a', 'aa') %}{% endfor %}",
    "padding method": "{{ 'a'.ljust(9999999999) }}",
    "padding filter": "{{ 'a' | center(9999999999) }}",
    "format filter": "{{ '%9999999999d' | format(1) }}",
    "format method": "{{ '{:>9999999999}'.format(1) }}",
    "format operator": "{{ '%9999999999d' % 1 }}",
    "long output": "{% for i in range(99999) %}{{ 'aaaaaaaaaaaaaaaa' * 1000 }}{% endfor %}",
}
ESCAPES = {
    "class walk": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals of a function": "{{ raise_exception.__globals__ }}",
    "globals of namespace": "{{ namespace.__init__.__globals__ }}",
    "attr filter": "{{ '' | attr('__class__') | attr('__mro__') }}",
    "self": "{{ self.__init__.__globals__ }}",
    "cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "format string": "{{ '{0.__class__}'.format(1) }}",
    "format map": "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "formatting by a filter": "{{ ['{0.__class__}'] | map('format', 1) | list }}",
    "generator frame": "{{ (messages | map('upper')).gi_frame }}",
    "changing what it was given": "{{ messages.append(1) }}{{ messages.clear() }}",
    "dunder in a namespace": "{{ namespace(__class__=1) }}",
    "the environment": "{{ tick.__self__ }}",
}


def refusal(source: str) -> TrainerError:
    started = time.monotonic()
    with pytest.raises(TrainerError) as caught:
        compile_template(source)(messages=TALK)
    assert time.monotonic() - started < sandbox.RENDER_LIMIT_SECONDS + 1.5
    return caught.value


@pytest.mark.parametrize("name", ENDLESS)
def test_ends_an_endless_template_in_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "RENDER_LIMIT_SECONDS", 0.3)
    assert refusal(ENDLESS[name]).code == "template_refused"


@pytest.mark.parametrize("name", FLOODS)
def test_refuses_a_flood_of_text(name: str) -> None:
    assert refusal(FLOODS[name]).code == "template_refused"


@pytest.mark.parametrize("name", ESCAPES)
def test_lets_nothing_out_of_the_sandbox(name: str) -> None:
    """Jinja answers a forbidden attribute with nothing; using it further is refused."""
    try:
        text = compile_template(ESCAPES[name])(messages=list(TALK))
    except TrainerError as error:
        assert error.code == "template_refused"
    else:
        assert text == ""
    assert len(TALK) == 2


def test_refuses_a_template_of_ten_megabytes_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(TrainerError, match="larger than 1 MiB"):
        compile_template("{{ 1 }}" * 1_500_000)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("source", ["{% for %}", "{{ (((", "{% if %}", "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}"])
def test_says_what_is_no_template(source: str) -> None:
    with pytest.raises(TrainerError) as caught:
        compile_template(source)
    assert caught.value.code == "template_refused"


def test_passes_on_why_the_template_refuses_a_conversation() -> None:
    assert "Only two turns" in refusal("{{ raise_exception('Only two turns') }}").message


def test_the_date_is_the_same_every_day() -> None:
    assert compile_template("{{ strftime_now('%d %b %Y') }}")() == "26 Jul 2024"


def test_generation_marks_leave_no_trace() -> None:
    source = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}"
    assert compile_template(source)(messages=TALK) == "Who?Aye."


# What real templates use, side by side with transformers' own rendering.
SPEECH = r"""{%- set ns = namespace(first=true, seen='') -%}
{%- macro header(role) -%}{{ '[' ~ role ~ ']' }}{%- endmacro -%}
{%- for message in messages -%}
  {%- if loop.first and message['role'] != 'system' -%}{{- 'none|' -}}{%- endif -%}
  {%- if message.role == 'tool' -%}{%- continue -%}{%- endif -%}
  {{- header(message.role) + message['content'] | trim -}}
  {%- set ns.seen = ns.seen + message.role[0] | upper -%}
{%- endfor -%}
{{ ns.seen }} {{ messages | length }} {{ messages[-1].content.split(' ') | last }} {{ {'a': [1, 2]} | tojson }}
{{ {'a': '<b>'} | tojson(indent=2) }} {{ messages | map(attribute='role') | join(', ') }} {{ 'x' * 3 }} {{ 7 % 4 }}
{{ 'a\nb' | indent(2) }} {{ messages | selectattr('role', 'equalto', 'user') | list | length }}
{{ dict(a=1).items() | list }}
{% if not tools is defined or tools is none %}no tools{% endif %} {{ 'Aye. x'.replace('Aye', 'Yes') }} {{ "%.2f" }}
{% for k, v in {'b': 1, 'a': 2} | dictsort %}{{ k }}{{ v }}{% endfor %} {{ 'abc'[::-1] }} {{ 3 // 2 }} {{ 2 ** 5 }}
{{ 'ABC'.startswith('A') }} {{ ' a '.strip() }} {{ 'a,b'.split(',') | join('-') }} {{ [1, 2] + [3] }} {{ 'q' in 'qu' }}
"""


@pytest.mark.parametrize("source", [SPEECH, CHATML, *[text for text in TEMPLATES.values() if text]])
def test_renders_like_transformers(source: str) -> None:
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=BACKENDS["bytes"](), pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    )
    tokenizer.chat_template = source
    ours = ChatTemplate(tokenizer)
    talk = [Message("user", " Who? "), Message("assistant", "Aye. keep it"), Message("user", "Ü\n")]
    documents = [{"role": message.role, "content": message.content} for message in talk]
    for opened in (False, True):
        theirs = tokenizer.apply_chat_template(documents, tokenize=False, add_generation_prompt=opened)
        assert ours.render(talk, add_generation_prompt=opened) == theirs


class TestSystemRole:
    def test_goes_into_the_first_user_turn_where_the_template_has_none(self) -> None:
        template = make_template("mistral")
        talk = [Message("system", "Be brief."), Message("user", "Who?")]
        assert not template.has_system_role
        assert template.render(talk) == "<s>[INST] Be brief.\n\nWho? [/INST]"
        assert "no system role" in template.describe()["note"]

    def test_stays_where_the_template_has_one(self) -> None:
        assert (
            make_template("chatml")
            .render([Message("system", "S"), Message("user", "U")])
            .startswith("<|im_start|>system\nS<|im_end|>")
        )


class TestPlainTemplate:
    def test_needs_no_new_token_and_ends_with_the_end_of_text(self) -> None:
        template = make_template("plain")
        talk = [Message("system", "S"), Message("user", "U"), Message("assistant", "A")]
        assert template.render(talk) == "System:\nS\n\nUser:\nU\n\nAssistant:\nA</s>\n\n"
        assert template.render(talk[:2], add_generation_prompt=True).endswith("User:\nU\n\nAssistant:\n")
        assert template.describe()["source"] == "plain"
        assert template.end_token_ids == {template.tokenizer.eos_token_id}

    def test_refuses_a_tokenizer_without_an_end(self) -> None:
        with pytest.raises(TrainerError) as caught:
            ChatTemplate(PreTrainedTokenizerFast(tokenizer_object=BACKENDS["bytes"]()))
        assert caught.value.code == "template_unusable"


def test_padding_is_no_end_of_turn_even_where_the_tokenizer_says_so() -> None:
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=BACKENDS["bytes"](), pad_token="</s>", eos_token="</s>")
    assert ChatTemplate(tokenizer).pad_id != tokenizer.eos_token_id
