"""The acting person, as every business verb receives it: frozen, small, made once a request."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.scopes import EVERYTHING


class Role(StrEnum):
    """What may be granted. A seller is who owns a storefront, not a role."""

    OFFICER = "officer"  # scope: an office's code, e.g. DISDUKCAPIL
    HEAD = "head"  # scope: an office's code; hears of promises that its office has broken
    EDITOR = "editor"  # scope: an office's code; second editor of clarifications
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Grant:
    role: Role
    scope: str = "*"


@dataclass(frozen=True, slots=True)
class Actor:
    """`assurance`: 0 unconfirmed, 1 address confirmed, 2 NIK given and seen by an officer, 3 verified with Dukcapil.

    `scopes` is None for a browser's session, which may do all that the person may; an API token is held to its scopes. `proven_at`: when
    the person last said password or factor in this session. `factor_due`: roles are held, but count only once a second factor stands.
    """

    person_id: UUID
    name: str
    locale: str = "id"
    assurance: int = 0
    grants: frozenset[Grant] = field(default_factory=frozenset)
    session_id: UUID | None = None
    scopes: frozenset[str] | None = None
    token_id: UUID | None = None
    proven_at: datetime | None = None
    factor_due: bool = False

    @property
    def key(self) -> UUID | None:
        """What lets the person in: the session or the API token. It may end while the person is here."""
        return self.session_id or self.token_id

    def may_use(self, scope: str) -> bool:
        """Whether the scopes of an API token reach that far; `""` asks for none."""
        return not scope or self.scopes is None or bool(self.scopes & {scope, EVERYTHING})

    def has(self, role: Role, scope: str | None = None) -> bool:
        """Whether the person holds `role` for `scope` (for any scope when none is named)."""
        return any(grant.role == role and (scope is None or grant.scope in ("*", scope)) for grant in self.grants)

    def offices(self, role: Role) -> frozenset[str]:
        """The scopes in which the person holds `role`."""
        return frozenset(grant.scope for grant in self.grants if grant.role == role)
