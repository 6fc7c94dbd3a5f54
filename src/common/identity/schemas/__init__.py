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
    GivePasskey,
    GiveSecondFactor,
    LookAtHappenings,
    MakeToken,
    ProveIt,
    ReadNik,
    RegisterPasskey,
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
    PasskeyOut,
    RecoveryCodes,
    SecondFactorBegun,
    SessionOut,
    SignedIn,
    SignedUp,
    TokenOut,
)

__all__ = [
    "Addressed", "AskAddress", "AskCode", "ChangePassword", "ChangePerson", "CodeSent", "Facts", "GiveCode", "GiveGrant", "GiveNik",
    "GivePasskey", "GiveSecondFactor", "GrantOut", "LookAtHappenings", "MakeToken", "Me", "NewToken", "NikGiven", "NikRead", "PasskeyOut",
    "ProveIt", "ReadNik", "RecoveryCodes", "RegisterPasskey", "ReleaseAddress", "ResetPassword", "SecondFactorBegun", "SessionOut",
    "SignIn", "SignUp", "SignedIn", "SignedUp", "TakeBack", "TokenOut",
]  # fmt: skip
