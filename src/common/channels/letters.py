"""Letters that rooms send: registered by name, so that a message row needs to hold only what differs."""

from dataclasses import dataclass

from common.i18n import gettext


@dataclass(frozen=True)
class Letter:
    """`subject` and `text` are message ids (marked with N_) with `%(name)s` gaps."""

    name: str
    subject: str
    text: str

    def written(self, params: dict[str, str]) -> tuple[str, str]:
        """Subject and text in the language spoken now."""
        return gettext(self.subject, **params), gettext(self.text, **params)


LETTERS: dict[str, Letter] = {}


def register(letter: Letter) -> None:
    LETTERS[letter.name] = letter
