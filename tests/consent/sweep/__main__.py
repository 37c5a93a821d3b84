"""`python -m tests.consent.sweep` writes the document anew."""

from tests.consent.sweep.cells import sweep
from tests.consent.sweep.document import PLACE, document

if __name__ == "__main__":
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(document(sweep()), encoding="utf-8")
