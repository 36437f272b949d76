"""Servers of tests live as long as whoever started them."""

import os
import select
from typing import Callable


def wait_for_end(parent: int, alive: Callable[[], bool] = lambda: True) -> None:
    """Returns when standard input closes, when `parent` is gone, or when `alive` is false."""
    # A pipe can stay open in another child of a parent that is gone, hence the first condition.
    while os.getppid() == parent and alive():
        readable, _, _ = select.select([0], [], [], 1.0)
        if readable and not os.read(0, 4096):
            return
