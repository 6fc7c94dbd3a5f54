"""What goes out: what anybody with the code may know."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from common.credentials.models import Credential


class CredentialOut(BaseModel):
    """The public face of a credential. `holds`: whether the statement stands today."""

    code: str
    kind: str
    title: str
    office: str
    subject: dict[str, Any]
    issued_at: datetime
    valid_until: date | None
    state: str
    holds: bool
    moved_at: datetime

    @classmethod
    def of(cls, credential: Credential) -> "CredentialOut":
        return cls.model_validate(credential, from_attributes=True)
