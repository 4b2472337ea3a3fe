"""Jinja for chat templates of unknown origin: sandboxed, bounded in time and size.

Same dialect as transformers' `apply_chat_template` (trim_blocks, lstrip_blocks, loop controls, the
`generation` tag, `raise_exception`, `tojson`, `strftime_now`), rebuilt because that one has no limits.
Every loop and macro carries a tick that looks at the clock, and every operation that can multiply text
goes through a check, so it works in any thread and on every platform.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from ..errors import TrainerError

TEMPLATE_LIMIT_BYTES: Final = 1024 * 1024
RENDER_LIMIT_SECONDS: Final = 2.0
TEXT_LIMIT_CHARACTERS: Final = 32 * 1024 * 1024

# A template that prints the date would make tomorrow's run another run; Llama's own fallback date.
PINNED_DATE: Final = datetime(2024, 7, 26, tzinfo=UTC)

# Each can turn a few characters into gigabytes in one call.
GROWING_FILTERS: Final = ("center", "format", "indent", "wordwrap", "pprint", "xmlattr", "urlize")
GROWING_METHODS: Final = frozenset({"ljust", "rjust", "center", "zfill", "format", "format_map", "expandtabs", "translate"})
NARROW: Final = 64


class RenderLimitError(Exception):
    """The template used more time or memory than a chat template needs."""


class ChatEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox. One render at a time: `deadline` belongs to the render that is running."""

    intercepted_binops = frozenset({"*", "**", "+", "%", "<<"})

    def __init__(self) -> None:
        """Build the dialect of `apply_chat_template` with limits."""
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[GenerationTag, loopcontrols])
        self.deadline = float("inf")
        for name in GROWING_FILTERS:
            self.filters.pop(name, None)
        self.filters.update(
            tojson=to_json,
            indent=narrow_indent,
            join=limited_join,
            limited_concat=limited_concat,
            replace=limited_replace,
        )
        self.globals.pop("lipsum", None)
        self.globals.update(
            raise_exception=raise_exception,
            strftime_now=PINNED_DATE.strftime,
            dict=plain_dict,
            namespace=SafeNamespace,
        )

    def tick(self) -> str:
        """Called on every turn of a loop and every macro call. Raises RenderLimitError."""
        if time.monotonic() > self.deadline:
            raise RenderLimitError("it takes too long")
        return ""

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: PLR0917 (jinja's)
        """Apply an operator whose result could be huge."""
        self.tick()
        if operator in ("*", "**", "<<") and not (isinstance(left, float) or isinstance(right, float)):
            refuse_growth(left, right, operator)
        if operator == "%" and isinstance(left, str):
            raise SecurityError("text formatting with % is not available in chat templates")
        if operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
            refuse_length(len(left) + len(right))
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Also refuse the text methods that grow without bound."""
        if isinstance(obj, str) and attr in GROWING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Refuse `text.format`, whose widths grow without bound; jinja asks here before `is_safe_attribute`."""
        if isinstance(getattr(value, "__self__", None), str) and getattr(value, "__name__", "") in GROWING_METHODS:
            raise SecurityError(f"the text method {value.__name__} is not available in chat templates")
        return None

    def call(self, context: Context, func: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Send `text.replace` and `separator.join` through the bounds of the filters of the same name."""
        owner = getattr(func, "__self__", None)
        bound = BOUNDED_METHODS.get(getattr(func, "__name__", "")) if isinstance(owner, str) else None
        if bound is not None:
            return bound(owner, *args)
        return super().call(context, func, *args, **kwargs)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return bounded(super()._parse(source, name, filename))


class GenerationTag(Extension):
    """`{% generation %}…{% endgeneration %}` renders as its body; the mask is found without it."""

    tags = {"generation"}  # noqa: RUF012 (jinja's own declaration)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Keep the body, drop the tag."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return [nodes.Scope(body).set_lineno(line)]


class SafeNamespace(Namespace):
    """A namespace without underscore names, so that no dunder can be planted."""

    def __init__(*arguments: Any, **values: Any) -> None:
        """Same signature as jinja's."""
        self, *rest = arguments
        attributes = dict(*rest, **values)
        for name in attributes:
            refuse_underscore(name)
        Namespace.__init__(self, attributes)

    def __setitem__(self, name: str, value: Any) -> None:
        """Set an attribute by `{% set ns.name = … %}`."""
        refuse_underscore(name)
        Namespace.__setitem__(self, name, value)


def compile_template(source: str) -> Callable[..., str]:
    """A function that renders `source` with keyword variables, within the limits.

    Raises `template_refused` (too large, not valid Jinja); the function raises it for a limit, an escape
    from the sandbox, or the template's own `raise_exception`.
    """
    if len(source.encode("utf-8", "replace")) > TEMPLATE_LIMIT_BYTES:
        raise _refused("it is larger than 1 MiB")
    environment = ChatEnvironment()
    try:
        template = environment.from_string(source)
    except (TemplateError, RenderLimitError, RecursionError, ValueError, SyntaxError, MemoryError) as error:
        raise _refused(str(error) or type(error).__name__) from error

    def render(**variables: Any) -> str:
        environment.deadline = time.monotonic() + RENDER_LIMIT_SECONDS
        try:
            return _collect(template.generate(**variables), environment)
        except (TemplateError, RenderLimitError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise _refused(str(error) or type(error).__name__) from error
        except (RecursionError, MemoryError, AttributeError) as error:
            raise _refused(type(error).__name__) from error

    return render


def _collect(pieces: Any, environment: ChatEnvironment) -> str:
    parts: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        refuse_length(length)
        environment.tick()
        parts.append(piece)
    return "".join(parts)


def bounded(tree: nodes.Template) -> nodes.Template:
    """Put a tick into every loop and macro, and a check into every `~`."""
    for node in tree.find_all((nodes.For, nodes.Macro, nodes.CallBlock)):
        body: list[nodes.Node] = node.body  # type: ignore[attr-defined]  # all three kinds have one
        body.insert(0, _tick(node.lineno))
    _without_concat(tree)
    return tree


def _tick(line: int) -> nodes.Node:
    call = nodes.Call(nodes.EnvironmentAttribute("tick"), [], [], None, None)
    return nodes.ExprStmt(call).set_lineno(line)


def _without_concat(node: nodes.Node) -> None:
    for name, value in list(node.iter_fields()):
        if isinstance(value, nodes.Node):
            setattr(node, name, _replaced(value))
        elif isinstance(value, list):
            setattr(node, name, [_replaced(item) if isinstance(item, nodes.Node) else item for item in value])


def _replaced(node: nodes.Node) -> nodes.Node:
    _without_concat(node)
    if isinstance(node, nodes.Concat):
        parts = nodes.List(node.nodes)
        return nodes.Filter(parts, "limited_concat", [], [], None, None).set_lineno(node.lineno)
    return node


def limited_concat(parts: Sequence[Any]) -> str:
    """`a ~ b` with a bound on the result."""
    return limited_join(parts)


def limited_join(parts: Iterable[Any], separator: str = "", attribute: str | int | None = None) -> str:
    """`parts|join(separator, attribute)` with a bound on the result."""
    values = parts if attribute is None else [_item(part, attribute) for part in parts]
    texts = [str(value) for value in values]
    refuse_length(sum(len(text) for text in texts) + len(separator) * len(texts))
    return separator.join(texts)


def _item(part: Any, attribute: Any) -> Any:
    return part[attribute] if isinstance(part, Mapping | Sequence) and not isinstance(part, str) else ""


def limited_replace(text: Any, old: str, new: str, count: int = -1) -> str:  # noqa: PLR0917 (jinja's signature)
    """`text|replace(old, new)` with a bound on the result."""
    source = str(text)
    refuse_length(len(source) + source.count(str(old)) * len(str(new)))
    return source.replace(str(old), str(new), count)


BOUNDED_METHODS: Final[dict[str, Callable[..., str]]] = {
    "replace": limited_replace,
    "join": lambda separator, parts: limited_join(parts, separator),
}


def narrow_indent(text: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:  # noqa: FBT001, FBT002, PLR0917 (the same)
    """Jinja's `indent` up to 64 columns."""
    prefix = " " * min(width, NARROW) if isinstance(width, int) else width[:NARROW]
    lines = [prefix + line if line or blank else line for line in str(text).splitlines()]
    return "\n".join(lines) if first or not lines else "\n".join([str(text).splitlines()[0], *lines[1:]])


def to_json(  # noqa: PLR0917 (transformers' signature)
    value: Any,
    ensure_ascii: bool = False,  # noqa: FBT001, FBT002 (the same)
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,  # noqa: FBT001, FBT002 (the same)
) -> str:
    """JSON without HTML escapes, as transformers writes it for templates."""
    narrow = None if indent is None else min(int(indent), NARROW)
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=narrow, separators=separators, sort_keys=sort_keys)


def plain_dict(*items: Any, **values: Any) -> dict[Any, Any]:
    """`dict()` without the type's attributes."""
    return dict(*items, **values)


def raise_exception(message: str) -> None:
    """What templates call to refuse a conversation."""
    raise TemplateError(message)


def refuse_growth(left: Any, right: Any, operator: str) -> None:
    """Raises RenderLimitError when a product, power or shift gets huge."""
    if operator == "*" and not (isinstance(left, int) and isinstance(right, int)):
        size, times = (left, right) if hasattr(left, "__len__") else (right, left)
        refuse_length(len(size) * max(int(times), 0) if hasattr(size, "__len__") else 0)
    elif isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * (abs(right) if operator == "**" else 1)
        refuse_length(bits + (right if operator == "<<" else right.bit_length()))


def refuse_length(length: int) -> None:
    """Raises RenderLimitError beyond the size of any conversation."""
    if length > TEXT_LIMIT_CHARACTERS:
        raise RenderLimitError("it makes too much text")


def refuse_underscore(name: object) -> None:
    """Raises SecurityError for names that start with an underscore."""
    if isinstance(name, str) and name.startswith("_"):
        raise SecurityError(f"a namespace cannot hold {name!r}")


def _refused(reason: str) -> TrainerError:
    return TrainerError(
        "template_refused",
        f"The chat template refuses this: {reason[:500]}.",
        hint="Check the order of the turns, or use a base model with another chat template.",
    )
