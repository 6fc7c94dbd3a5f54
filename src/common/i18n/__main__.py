"""`python -m common.i18n [room ...]` (dotted names): add the messages that the .po files lack, say what still waits for its translation."""

import sys

from common.i18n.catalogs import TARGETS, add_missing, untranslated

only = sys.argv[1:]
waiting = 0
for target in TARGETS:
    add_missing(target, only)
    missing = {room: texts for room, texts in untranslated(target).items() if not only or room in only}
    for room, texts in missing.items():
        sys.stdout.write(f"{room}: {len(texts)} wait for their text in locale/{target}.po\n")
    waiting += len(missing)
sys.exit(1 if waiting else 0)
