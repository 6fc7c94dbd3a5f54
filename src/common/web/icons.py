"""Our icons, drawn on a 24 by 24 grid with a 1.75 stroke, set inline: no request, and they take the text's colour."""

from functools import lru_cache
from typing import Final

from markupsafe import Markup

PATHS: Final = {
    "home": "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
    "market": "M4 9h16l-1-4H5zM5 9v11h14V9M4 9a2.7 2.7 0 0 0 5.3 0 2.7 2.7 0 0 0 5.4 0A2.7 2.7 0 0 0 20 9M10 20v-5h4v5",
    "city": "M4 20h16M6 20V10m4 10V10m4 10V10m4 10V10M3 10l9-6 9 6z",
    "chat": "M4 5h16v11H9l-5 4z",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-5 8-5s7 1 8 5",
    "search": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
    "bell": "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
    "cart": "M3 4h3l2 11h10l2-8H7M9 20h.01M17 20h.01",
    "plus": "M12 5v14M5 12h14",
    "check": "m5 12 5 5 9-10",
    "close": "m6 6 12 12M18 6 6 18",
    "back": "m14 6-6 6 6 6",
    "next": "m10 6 6 6-6 6",
    "globe": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
    "warning": "M12 4 2.5 20h19zM12 10v5M12 17.5h.01",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 7.5h.01",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
    "place": "M12 21c5-6 7-8 7-12a7 7 0 0 0-14 0c0 4 2 6 7 12zM12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4",
    "camera": "M4 8h4l2-3h4l2 3h4v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
    "send": "M4 12 20 4l-5 16-3-7z",
    "key": "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9v4M17 12v3",
    "diamond": "m12 4 8 8-8 8-8-8z",
}


@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> Markup:
    """The icon as inline SVG; without a label it is decoration and hidden from screen readers. Raises KeyError for an unknown name."""
    speech = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" viewBox="0 0 24 24" {}><path d="{}"/></svg>').format(speech, PATHS[name])
