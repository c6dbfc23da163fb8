"""What came of preparing or verifying a data set."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Report:
    """What ``prepare`` or ``verify`` did.

    Attributes:
        root: Folder of the set.
        folders: What each folder below it holds.
        made: Originals worked on.
        kept: Originals whose files were there already.
        errors: One message for each image that is missing from the result.
        warnings: One message for everything that looks odd.
    """

    root: Path
    folders: dict[str, str] = field(default_factory=dict)
    made: int = 0
    kept: int = 0
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
