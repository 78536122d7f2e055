"""How the blocking classes run the coroutines of their awaited twins."""

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def ended(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns whose world blocks, so that it never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("a blocking coroutine waited")
