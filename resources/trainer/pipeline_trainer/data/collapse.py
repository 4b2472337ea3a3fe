"""Collapse of records that repeat one another: each answer trained where the longest record already has it.

In a conversation laid out as records, every record repeats the history of the one before. Under a causal mask a
token's loss depends on what stands before it and on nothing behind it, so where one row's tokens are a true
prefix of another's, the shorter row's answer may be trained inside the longer row: same tokens before it, same
positions, same loss. What each token counts stays the same too, as the step divides by all its trained tokens.
"""

from collections.abc import Sequence
from dataclasses import replace

from .batches import Row


def chains_of(rows: Sequence[Row]) -> list[list[int]]:
    """Indices of rows that may ride in one another, shortest first; every other row is a chain of its own.

    The chains come in the order of their first rows, so that a set without repeats is left as it is.
    """
    chains: list[list[int]] = []
    open_chains: list[list[int]] = []
    # In the order of their tokens, what follows a row until one that it does not begin is all that it begins.
    for index in sorted(range(len(rows)), key=lambda index: (rows[index].ids, index)):
        while open_chains and not _begins(rows[open_chains[-1][-1]], rows[index]):
            open_chains.pop()
        found = next((chain for chain in reversed(open_chains) if _may_ride(rows, chain, rows[index])), None)
        if found is not None:
            found.append(index)
        else:
            chains.append([index])
            open_chains.append(chains[-1])
    return sorted(chains, key=min)


def collapse(rows: Sequence[Row]) -> list[Row]:
    """`rows` with each chain as its longest row, which trains what all of them train."""
    return [_together([rows[index] for index in chain]) for chain in chains_of(rows)]


def _begins(shorter: Row, longer: Row) -> bool:
    return longer.ids[: len(shorter.ids)] == shorter.ids


def _may_ride(rows: Sequence[Row], chain: Sequence[int], longer: Row) -> bool:
    """Whether all of `chain` may; a token that two rows train counts twice, which one pass cannot do."""
    last = rows[chain[-1]]
    if not (_is_plain(longer) and _is_plain(last)) or len(longer.ids) == len(last.ids) or not _begins(last, longer):
        return False
    return not any(mark and longer.trained[at] for index in chain for at, mark in enumerate(rows[index].trained))


def _is_plain(row: Row) -> bool:
    return not (row.pair or row.windows or row.continues) and row.wanted is None


def _together(chain: Sequence[Row]) -> Row:
    *shorter, longest = chain
    if not shorter:
        return longest
    trained = list(longest.trained)
    for row in shorter:
        for at, mark in enumerate(row.trained):
            trained[at] = trained[at] or mark
    return replace(longest, trained=trained)
