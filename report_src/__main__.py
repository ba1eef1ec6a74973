"""Contents page: what can be made. `python -m report_src [--config report.toml] [--build build] TARGET`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from report_src.errors import BuildError, Interrupted

PRODUCT = {"report": "report.pdf", "draft": "report-draft.pdf", "figures": "figures", "results": "results.json"}
TARGETS = (*PRODUCT, "check", "unused", "bundle", "handin", "why", "where", "audit", "clean")


def main(arguments: list[str] | None = None) -> int:
    """Make a target; return the exit status (2: a mistake in a file the user edits)."""
    parser = argparse.ArgumentParser(prog="python -m report_src", description="Build the report.")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("what", nargs="?", default=None, help="where: a key; audit: a PDF of this project")
    parser.add_argument("--all", type=Path, default=None, metavar="FOLDER", help="audit: every PDF of a folder")
    parser.add_argument("--config", type=Path, default=Path("report.toml"), help="report.toml to read")
    parser.add_argument("--build", type=Path, default=Path("build"), help="folder for the products")
    parser.add_argument("--profile", default=None, help="quick, standard or full (instead of the file's)")
    options = parser.parse_args(arguments)
    try:
        return clean(options) if options.target == "clean" else make(options)
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    except Interrupted as interrupted:
        print(f"\n{interrupted}; the last good build is as it was", file=sys.stderr)
        return interrupted.status
    except OSError as error:
        print(f"error: {error.filename or options.build}: {error.strerror}", file=sys.stderr)
        return 1


def make(options: argparse.Namespace) -> int:
    """Make a target that rests on the settings, or answer a question about the last build."""
    from report_src import audit, build, environment, handin, where
    from report_src.bundle import write_bundle
    from report_src.children import signals_raise

    environment.check()
    if options.target == "audit":
        with signals_raise():
            return audit.run(options.what, options.all, options.config, options.build)
    project = environment.open_project(options.config, options.build, options.profile, draft=options.target == "draft")
    if options.target == "where":
        print(where.answer(project, options.what))
        return 0
    if options.target == "why":
        for step, reasons in build.why(project):
            print(f"{step}: {'; '.join(reasons) or 'up to date'}")
        return 0
    with signals_raise():
        if options.target == "handin":
            handin.check_settings(project)
        changed = build.make(project, options.target)
    match options.target:
        case "bundle":
            print(write_bundle(project))
        case "handin":
            print(handin.write(project))
        case "check":
            print(f"every check passed; {where.summary(project)}")
        case "unused":
            print("\n".join([*where.unused_keys(project), where.summary(project)]))
        case _:
            print(f"{project.build / PRODUCT[options.target]}{'' if changed else ' is up to date'}")
    return 0


def clean(options: argparse.Namespace) -> int:
    """Remove what was built; this needs no environment."""
    from report_src.clean import clean as remove

    remove(options.build)
    return 0


if __name__ == "__main__":
    sys.exit(main())
