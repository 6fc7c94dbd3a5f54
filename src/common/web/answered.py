"""An answer that is raised instead of returned, because raising is what undoes the request's transaction."""

from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException


class Answered(HTTPException):
    """Carries a finished answer past the rollback; the error handlers give it out as it is."""

    def __init__(self, response: Response[Any], status: int) -> None:
        super().__init__(status_code=status)
        self.response = response
