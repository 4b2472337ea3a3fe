"""How long a file and a function may be, which the linter has no rule for."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
FILE_LINES = 300
FUNCTION_LINES = 60


def test_no_file_and_no_function_is_longer_than_it_may_be() -> None:
    files = [path for folder in ("pipeline_trainer", "bench", "tests") for path in sorted((PACKAGE / folder).rglob("*.py"))]
    assert len(files) > 100
    assert [too_long for path in files for too_long in beyond(path.read_text("utf-8"), path)] == []


def beyond(text: str, path: Path) -> list[str]:
    lines = {"": (len(text.splitlines()), FILE_LINES)}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines[f"{node.lineno}: {node.name}"] = ((node.end_lineno or 0) - node.lineno + 1, FUNCTION_LINES)
    return [f"{path}:{name} has {found} lines of {limit}" for name, (found, limit) in lines.items() if found > limit]


def test_what_is_too_long_is_named() -> None:
    body = "    pass\n"
    text = f"def short():\n{59 * body}\nclass Holder:\n    async def long(self):\n{60 * ('    ' + body)}" + "#\n" * 180
    assert beyond(text, Path("a.py")) == ["a.py: has 303 lines of 300", "a.py:63: long has 61 lines of 60"]
