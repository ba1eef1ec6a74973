"""`python -m report_src.editor`: the language server of the report in this folder, for an editor to start."""

import argparse
import sys
from pathlib import Path

from report_src.build.environment import open_project
from report_src.errors import BuildError


def main() -> int:
    """Serve until the editor ends it; return the exit status (2: the report or the group `editor` is missing)."""
    parser = argparse.ArgumentParser(prog="python -m report_src.editor", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("report.toml"), help="report.toml to read")
    parser.add_argument("--build", type=Path, default=Path("build"), help="folder whose results are shown")
    parser.add_argument("--studies", type=Path, default=None, help="the folder of the report's studies, which will run")
    options = parser.parse_args()
    try:
        from report_src.editor.answers import Answers
        from report_src.editor.server import server_of

        server_of(Answers(open_project(options.config, options.build, None, studies=options.studies))).start_io()
    except ModuleNotFoundError as error:
        print(f"error: {error.name} is not installed; type: python3 bootstrap.py environment", file=sys.stderr)
        return 2
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
