"""What can go wrong, in the user's words; `edge.problems` renders each as RFC 9457 problem details.

HubError
├── NotSignedIn   401   nobody, or a token that has run out
│   └── SignInAgain     somebody, but too long ago for this
├── NotAllowed    403   depends on the request alone: role, purpose, a lapsed agreement
│   └── Refused         the same, and on record: the transaction that wrote it down is kept
├── NotFound      404   also for what the caller may not know exists
│   └── Unknown         the same, and that it was asked is on record
├── Conflict      409   someone else was here first
├── TooLarge      413   more than is taken at once
├── Invalid       422   the request cannot be understood; says where, never what stood there
├── TooMany       429   wait a little
└── Unavailable   503   the hub cannot keep its promises now, so it does nothing

What consent holds back is not an error: it is not in the answer.
"""

from typing import ClassVar


class HubError(Exception):
    """An error with a status, a title in the user's words, and what can be done."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    retry_after: int | None = None
    """Seconds after which the same may go well."""

    def __init__(self, detail: str, *, next_steps: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.next_steps = next_steps


class NotSignedIn(HubError):
    status = 401
    title = "Sign in first"


class SignInAgain(NotSignedIn):
    """Who is signed in shows again who they are, before something that is hard to take back (RFC 9470)."""

    title = "Show again that it is you"

    def __init__(self, detail: str, *, within: int, next_steps: str = "") -> None:
        super().__init__(detail, next_steps=next_steps)
        self.within = within


class NotAllowed(HubError):
    status = 403
    title = "Not allowed"


class Refused(NotAllowed):
    """A refusal that is itself on record: whoever ends the transaction commits it before the answer goes out."""


class NotFound(HubError):
    status = 404
    title = "Not found"


class Unknown(NotFound):
    """Nothing is told of whoever was asked about, and that it was asked is on record, as with `Refused`."""


class Conflict(HubError):
    status = 409
    title = "Someone was here first"


class TooLarge(HubError):
    status = 413
    title = "Too large"


class Invalid(HubError):
    status = 422
    title = "The request cannot be understood"


class TooMany(HubError):
    status = 429
    title = "Too many requests"
    retry_after = 5


class Unavailable(HubError):
    status = 503
    title = "Not available now"
    retry_after = 5
