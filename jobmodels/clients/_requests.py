"""The sender for sessions of `requests`."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

import attrs

from jobmodels._wire import Request, Response
from jobmodels.clients._bounds import PIECE, Bounds, Deadline, plain
from jobmodels.clients._guard import guarded

_BODILESS = frozenset({204, 304})


@attrs.frozen
class RequestsSender(Bounds):
    """Sends with a `requests.Session`: its certificates, proxies, adapters, hooks, headers, cookies and `auth`.

    Redirects come back as what they are. `.netrc` is not read, since a machine's file would take the place of the
    credentials of the client; a session's own `auth` does. An answer that a hook of the session objects to, as one that
    raises for a status, is an answer. Each exchange has a thread of its own, which is left alone when time is up.
    Adapters that try again by themselves do so unseen: leave that off where a service gives a result once.

    Attributes:
        session: what carries the requests.
    """

    session: Any = attrs.field(kw_only=False, repr=False)

    def __call__(self, request: Request) -> Response:
        """Send a request.

        Raises:
            OSError: there was no whole answer; a `TimeoutError` where it was not in time.
            UnsafeRequest: the request cannot be sent as it is.
        """
        deadline, begun = self.deadline(guarded(request)), list[Any]()
        try:
            return self.in_time(partial(self._exchange, request, deadline, begun), request)
        except Exception as error:  # noqa: BLE001 - hooks, adapters and authentication may raise anything
            if isinstance(error, TimeoutError):
                _wake(begun)
            raise plain(error, request) from None

    def close(self) -> None:
        """Close the session."""
        self.session.close()

    def _exchange(self, request: Request, deadline: Deadline, begun: list[Any]) -> Response:
        def keep(answer: Any, *_: object, **__: object) -> None:
            """Read the body within bounds, before the session would do it without, as it does for redirects."""
            begun.append(answer)
            try:
                answer._content = self.body(answer.iter_content(PIECE), deadline)
                if missing := _missing(answer, request):
                    raise ConnectionError(f"the answer was cut off: {missing} bytes are missing")
            except Exception:
                answer.close()
                raise
            read.append(answer)

        read: list[Any] = []
        hooks = self.session.hooks.get("response") or []
        try:
            answer = self.session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body,
                timeout=deadline.silence(),
                allow_redirects=False,
                stream=True,
                # What signs nothing keeps `.netrc` out.
                auth=None if self.session.auth else _as_it_is,
                hooks={"response": [keep, *(hooks if isinstance(hooks, (list, tuple)) else [hooks])]},
            )
        except Exception:
            # An objection to an answer that is there: of a hook, or to a redirect that is not to be followed.
            if not read:
                raise
            answer = read[-1]
        if answer not in read:
            keep(answer)
        return Response(answer.status_code, answer.headers, answer.content)


def _as_it_is(prepared: Any) -> Any:
    return prepared


def _missing(answer: Any, request: Request) -> int:
    """Tell how many bytes of a body did not come; older versions of urllib3 say nothing of it."""
    declared, tell = answer.headers.get("content-length", ""), getattr(answer.raw, "tell", None)
    if request.method == "HEAD" or answer.status_code in _BODILESS or not declared.isdigit() or tell is None:
        return 0
    return max(0, int(declared) - int(tell()))


def _wake(begun: list[Any]) -> None:
    """Let the thread that still reads end, where urllib3 can."""
    for answer in begun:
        with suppress(Exception):
            answer.raw.shutdown()
