"""`python -m report_src.derivations FILE...`: one line per row; status 0 where nothing is refused."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from report_src.derivations.checking.cache import check
from report_src.derivations.checking.records import INTERNAL, Report, RowReport, finding, repeated_names
from report_src.derivations.judging.settings import SEED
from report_src.derivations.lint.sources import inputs
from report_src.findings import Finding, parsed


def main(arguments: list[str] | None = None) -> int:
    """Check the files and print the verdicts; return the exit status."""
    options = _options(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported: further threads only wait
    status = 0
    named: list[Report] = []
    for path in options.files:
        try:
            if options.declare:
                status = max(status, _declare(path, options))
                continue
            reports = _reports(path, options)
        except OSError as problem:
            _say(Finding(problem.strerror or str(problem), file=str(path), line=1), options.json)
            status = 1
            continue
        except Exception as problem:  # what stops the checker at one file is no answer for the files behind it
            _say(Finding(f"{INTERNAL} ({problem!r:.200})", file=str(path), line=1), options.json)
            status = 1
            continue
        if not reports:
            what = "display" if options.all else "derivation: expected \\begin{derivation}{name}"
            _say(Finding(f"no {what}", file=str(path), line=1), options.json)
            status = 1
        for report in reports:
            _print(report, options.json)
            status = status if report.accepted else 1
        named.extend(reports)
    for message in [] if options.all else repeated_names(named):
        # no row, so it has no verdict: on standard output every object has one
        print(msgspec.json.encode(parsed(message)[0]).decode() if options.json else message,
              file=sys.stderr if options.json else sys.stdout)  # fmt: skip
        status = 1
    return status


def _say(found: Finding, as_json: bool) -> None:
    """Print what makes a file unreadable as a whole."""
    fields = {"verdict": "unreadable", **msgspec.to_builtins(found)}
    print(msgspec.json.encode(fields).decode() if as_json else f"{found.place}: unreadable {found.message}")


def _reports(path: Path, options: argparse.Namespace) -> list[Report]:
    if not options.all:
        return check([path], cache=options.cache, inputs=inputs(path), seed=options.seed)
    from report_src.derivations.checking.check import check_everything  # `check` evaluates nothing that is known

    return check_everything(path, options.declarations, inputs=inputs(path), seed=options.seed)


def _declare(path: Path, options: argparse.Namespace) -> int:
    """Print the declarations that are missing, ready to paste, and what is refused with them."""
    from report_src.derivations.checking.check import proposals  # the others read nothing twice

    status = 0
    proposed = proposals(path, options.declarations, everywhere=options.all, inputs=inputs(path))
    for name, line, found, refused in proposed:
        print(f"{path}:{line}: {name or 'no name'}")
        stated = ", ".join(f"${declaration}$" for declaration in found)
        print(f"  Let {stated}." if found else "  nothing is missing")
        for message in refused:
            print(message)
            status = 1
    return status


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m report_src.derivations", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".tex or .tex.j2")
    parser.add_argument("--json", action="store_true", help="one JSON object a row: a finding, and what was checked")
    parser.add_argument("--all", action="store_true", help="displays outside of derivations too, section by section")
    parser.add_argument("--declare", action="store_true", help="propose the declarations that are missing")
    parser.add_argument("--declarations", type=Path, metavar="FILE", help="declarations of every section, with --all")
    parser.add_argument("--cache", type=Path, help="file that keeps the reports of unchanged derivations")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the draws (default %(default)s)")
    return parser.parse_args(arguments)


def _print(report: Report, as_json: bool) -> None:
    for row in report.rows:
        if as_json:
            fields = msgspec.to_builtins(row) | msgspec.to_builtins(finding(report, row))
            print(msgspec.json.encode({"derivation": report.name, **fields}).decode())
        elif not (row.inline and row.verdict in ("declaration", "definition")):
            print(f"{row.file or report.file}:{row.line}: {_shown(row)}")
    for warning in report.warnings:
        print(f"{report.file}:{report.line}: warning {warning}", file=sys.stderr)


def _shown(row: RowReport) -> str:
    if row.verdict == "ok":
        return f"ok {row.error or 0.0:.1e}"
    if row.verdict in ("wrong", "unreadable"):
        head, _, rest = row.message.partition("\n")
        what = head.split(": ", 1)[-1]
        return f"{row.verdict} column {row.column}: {what}" + (f"\n{rest}" if rest else "")
    return f"{row.verdict} {row.reason}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
