"""The headers in which ArangoDB speaks of jobs, and the form of their ids.

Source: contracts page of ArangoDB, 1.1 and 1.4.
"""

from __future__ import annotations

import re
from typing import Any

from jobmodels._wire import Headers

ASYNC = "x-arango-async"
"""What a request says of itself: `store` keeps the result, `true` forgets it, any other value is ignored."""

ASYNC_IDS = ("x-arango-async-id", "x-arango-async-job-id")
"""What names the job; the second spelling is that of the vendor's prose."""

ERROR_CODES = "x-arango-error-codes"
"""What counts the items that failed: JSON text of an object from error number to count."""

LARGEST = 2**64 - 1
_ID = re.compile(r"[1-9][0-9]*", re.ASCII)


def is_id(text: str) -> bool:
    """Tell whether text has the form of an id; other text hits another operation, or none."""
    return _ID.fullmatch(text) is not None


def named(headers: Headers | None) -> str | None:
    """Give what the header that names the job holds; None where there is none.

    Where both spellings are there, the one that holds something.
    """
    found = [headers[name].strip() for name in ASYNC_IDS if name in headers] if headers else []
    return next(filter(None, found), "") if found else None


def headers_in(value: Any) -> Headers | None:
    """Read the headers of a message that was written down; None for what is no object.

    One whose value is neither text nor a number was there all the same, with nothing in it that can be read.
    """
    if type(value) is not dict:
        return None
    given = {name: text for name, text in value.items() if text is not None}
    return Headers((name, str(text) if type(text) in (str, int) else "") for name, text in given.items())
