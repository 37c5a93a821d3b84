"""Of which projects a sender's rows may enter, where not all of them are agreed.

HUD's format has no such list. The definition of the feed says it:

```toml
[allowed]
projects = ["1001", "1004"]  # ProjectIDs; rows of other projects, and people who are in none of these, stay outside
elsewhere = false            # true: whoever is in one of these enters with their stays in the other projects too
```

What stays outside is counted for its file, and never taken for removed.
"""

from typing import Annotated

from pydantic import Field as Bound

from schemas.frozen import Frozen


class Allowed(Frozen):
    """The projects that are agreed, and whether their people are taken with all of their stays."""

    projects: Annotated[tuple[str, ...], Bound(min_length=1)]
    elsewhere: bool = False

    def names(self, project: str) -> bool:
        return project in self.projects

    def leaves_out(self, project: str) -> bool:
        """Whether rows stay outside because they are of that project."""
        return not self.elsewhere and not self.names(project)
