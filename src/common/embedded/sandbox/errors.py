"""What can go wrong, as Stripe says it. Raising rolls the work back; a declined card is an answer, not an exception (its traces stay)."""

from typing import Any


class ApiError(Exception):
    """An error answer. `status` is the HTTP status, `kind` Stripe's error type, `saved` whether an idempotency key remembers it.

    Source: docs.stripe.com/api/errors and docs.stripe.com/api/idempotent_requests (an answer is remembered once the work began).
    """

    status = 400
    kind = "invalid_request_error"
    saved = True

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.message, self.code, self.param = message, code, param

    def body(self) -> dict[str, Any]:
        """The JSON of the answer: `{"error": {type, message, code?, param?}}`."""
        error = {"type": self.kind, "message": self.message, "code": self.code, "param": self.param}
        return {"error": {name: value for name, value in error.items() if value is not None}}


class Refused(ApiError):
    """The work began and the state of things does not allow it."""


class BadParameter(ApiError):
    """A parameter is missing or malformed: nothing began, nothing is remembered."""

    saved = False


class NoSuch(BadParameter):
    status = 404

    def __init__(self, kind: str, id_: str, param: str = "id") -> None:
        super().__init__(f"No such {kind}: '{id_}'", code="resource_missing", param=param)


class NoRoute(BadParameter):
    status = 404

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"Unrecognized request URL ({method}: {path}).")


class NotAllowed(BadParameter):
    status = 401

    def __init__(self) -> None:
        super().__init__("Invalid API Key provided: send a key of the form sk_... as Bearer or basic user.")


class UnknownAccount(BadParameter):
    status = 403

    def __init__(self, account: str) -> None:
        super().__init__(
            f"The provided key does not have access to account '{account}' (or that account does not exist).", code="account_invalid"
        )


class KeyUsedOtherwise(BadParameter):
    kind = "idempotency_error"

    def __init__(self, key: str) -> None:
        super().__init__(f"Keys for idempotent requests can only be used with the same parameters they were first used with: '{key}'.")


class KeyInUse(BadParameter):
    status = 409
    kind = "idempotency_error"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"There is currently another in-progress request using this idempotency key: {key}.", code="idempotency_key_in_use"
        )


class Broken(ApiError):
    """Misbehaviour: the work is done and the answer is lost."""

    status = 500
    kind = "api_error"
    saved = False
