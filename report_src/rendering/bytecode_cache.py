"""Templates as compiled before: a template that is unchanged is not translated to Python again.

What is kept is Python's own code, as in a .pyc file, below the build folder; it is believed only where it was made
from the same source by the same engine, and where it is whole.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from report_src.prose import blocks
from report_src.rendering import claims, source_marks
from report_src.system.files import write_whole

ENGINE = (claims, source_marks, blocks)  # what decides how a template is translated, besides Jinja


class TemplateCache(jinja2.BytecodeCache):
    """Keeps code below `folder`; `variant` tells apart engines that read the same source in different ways."""

    def __init__(self, folder: Path, variant: str) -> None:
        """Name the folder; nothing is read yet."""
        self.folder = folder
        told = hashlib.sha256(f"{jinja2.__version__} {sys.version} {variant}".encode())
        for module in ENGINE:
            told.update(Path(str(module.__file__)).read_bytes())
        self.engine = told.hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if there is code for exactly this template."""
        try:
            head, _, code = (self.folder / bucket.key).read_bytes().partition(b"\n")
        except OSError:
            return
        if head == self._head(bucket, code):
            bucket.code = marshal.loads(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the bucket's code, whole or not at all."""
        assert bucket.code is not None
        code = marshal.dumps(bucket.code)
        write_whole(self.folder / bucket.key, self._head(bucket, code) + b"\n" + code)

    def _head(self, bucket: Bucket, code: bytes) -> bytes:
        told = hashlib.sha256(f"{self.engine} {bucket.checksum}".encode())
        told.update(code)
        return told.hexdigest().encode()
