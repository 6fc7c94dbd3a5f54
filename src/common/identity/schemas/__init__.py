"""What comes in and what goes out."""

from common.identity.schemas.incoming import (
    Addressed,
    AskAddress,
    AskCode,
    ChangePassword,
    ChangePerson,
    GiveCode,
    GiveGrant,
    GiveNik,
    GiveSecondFactor,
    LookAtHappenings,
    MakeToken,
    ProveIt,
    ReadNik,
    ReleaseAddress,
    ResetPassword,
    SignIn,
    SignUp,
    TakeBack,
)
from common.identity.schemas.outgoing import (
    CodeSent,
    Facts,
    GrantOut,
    Me,
    NewToken,
    NikGiven,
    NikRead,
    RecoveryCodes,
    SecondFactorBegun,
    SessionOut,
    SignedIn,
    SignedUp,
    TokenOut,
)

__all__ = [
    "Addressed", "AskAddress", "AskCode", "ChangePassword", "ChangePerson", "CodeSent", "Facts", "GiveCode", "GiveGrant", "GiveNik",
    "GiveSecondFactor", "GrantOut", "LookAtHappenings", "MakeToken", "Me", "NewToken", "NikGiven", "NikRead", "ProveIt", "ReadNik",
    "RecoveryCodes", "ReleaseAddress", "ResetPassword", "SecondFactorBegun", "SessionOut", "SignIn", "SignUp", "SignedIn", "SignedUp",
    "TakeBack", "TokenOut",
]  # fmt: skip
