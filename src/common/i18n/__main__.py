"""`python -m common.i18n [room ...]` (dotted names): add the messages that en.po files lack, say what still waits for its English."""

import sys

from common.i18n.catalogs import add_missing, untranslated

only = sys.argv[1:]
add_missing(only)
missing = {room: texts for room, texts in untranslated().items() if not only or room in only}
for room, texts in missing.items():
    sys.stdout.write(f"{room}: {len(texts)} without English, see its locale/en.po\n")
sys.exit(1 if missing else 0)
