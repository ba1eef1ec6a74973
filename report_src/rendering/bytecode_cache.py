"""Compiled templates: a template that has not changed is not translated to Python again.

The files hold Python's own code, as a .pyc file does, below the build folder. A file is used only if its checksum is
right and the same engine made it from the same source.
"""

import hashlib
import marshal
import sys
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from report_src.system.files import write_whole
from report_src.system.import_graph import closure_digest

ENGINE = "report_src.rendering.engine"  # decides, with all that it imports and Jinja, how a template is translated


class TemplateCache(jinja2.BytecodeCache):
    """Keep code below `folder`; `variant` separates engines that read the same source differently."""

    def __init__(self, folder: Path, variant: str) -> None:
        """Name the folder; nothing is read yet."""
        self.folder = folder
        parts = f"{jinja2.__version__} {sys.version} {variant} {closure_digest(ENGINE, folder)}"
        self.engine = hashlib.sha256(parts.encode()).hexdigest()

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
        digest = hashlib.sha256(f"{self.engine} {bucket.checksum}".encode())
        digest.update(code)
        return digest.hexdigest().encode()
