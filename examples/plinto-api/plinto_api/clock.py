"""The time: the machine's, or that of a test, which a file holds (docs/testing.md#a-whole-application-on-one-clock)."""

import os
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Optional


class Clock:
    def __init__(self, file: Optional[Path] = None) -> None:
        self._file = file

    def now(self) -> datetime:
        if self._file is None:
            return datetime.now(timezone.utc)
        with self._file.open() as file:
            said = datetime.fromisoformat(file.read().strip().replace("Z", "+00:00"))
            return said + timedelta(seconds=time.time() - os.fstat(file.fileno()).st_mtime)

    def seconds(self) -> int:
        return int(self.now().timestamp())
