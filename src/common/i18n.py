"""Words of the interface (placeholder of the first hour)."""


def N_(message: str) -> str:  # noqa: N802  gettext's own name
    return message


def gettext(message: str, **params: object) -> str:
    return message % params if params else message
