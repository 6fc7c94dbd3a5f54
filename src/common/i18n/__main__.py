"""`python -m common.i18n`: add the messages that en.po files lack, then say what still waits for its English."""

import sys

from common.i18n.catalogs import add_missing, untranslated

add_missing()
missing = untranslated()
for room, texts in missing.items():
    sys.stdout.write(f"{room}: {len(texts)} without English, see its locale/en.po\n")
sys.exit(1 if missing else 0)
