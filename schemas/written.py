"""Values written as JSON that are kept for a while, and in great numbers."""

import orjson


def written(value: object, *, option: int | None = None) -> bytes:
    """JSON in no more memory than it takes: what orjson returns keeps hold of the room it was written in, 4 KiB and up.

    `option` is orjson's.
    """
    return b"%b" % orjson.dumps(value, option=option)
