"""What the API hands out."""

from datetime import datetime

from pydantic import BaseModel


class ConnectionToken(BaseModel):
    """Give `token` to a Centrifuge SDK as connection token, and this address again as its `get_token`."""

    token: str
    expires_at: datetime
