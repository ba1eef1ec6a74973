"""`make handin`: report everything that forbids handing in, else write the report under its final name."""

import json
import re
import sys
import unicodedata
from pathlib import Path

from analysis.declaration import FOLDER as OWN
from analysis.errors import InputError
from analysis.settings.load import place, unfilled
from report_src.build.finished_steps import Memory
from report_src.errors import BuildError, RenderError
from report_src.project import DERIVATIONS, FINDINGS, REPORT, WEB_PAGE, Project
from report_src.prose import blocks as text_blocks
from report_src.prose import lint, requirements
from report_src.rendering import ai_usage
from report_src.system.files import copy_whole, digest
from report_src.system.git import git

PROFILES = ("standard", "full")  # whose numbers may be handed in
SHOWN = 10  # findings of the prose check that are listed


def check_settings(project: Project) -> None:
    """BuildError (status 2) with everything that forbids it and is known before anything is built."""
    findings = [str(finding) for finding in lint.check(project.templates)]
    refuse([*_settings_problems(project), *_repository_problems(project), *_own_words(project), *_first(findings)])


def write(project: Project, *, with_page: bool = False) -> Path:
    """Copy the new report, and its web page if asked, to BUILD/<roll number>_<assignment>.pdf (and .html).

    Raise BuildError if something forbids it.
    """
    refuse(document_problems(project.work))
    report = project.settings.report
    target = project.build / f"{safe(report.roll_number)}_{safe(report.assignment)}.pdf"
    copies = {REPORT: target} | ({WEB_PAGE: target.with_suffix(".html")} if with_page else {})
    for name, copy in copies.items():
        copy_whole(project.work / name, copy)
    Memory(project.build).publish("handin", {copy.name: digest(copy) for copy in copies.values()})
    return target


def _settings_problems(project: Project) -> list[str]:
    """Return what report.toml and the log of AI use still lack."""
    settings = project.settings
    found = [*_run_problems(project), *unfilled(settings)]
    if settings.simulated:
        found.append(f"the data are simulated; put the course's {settings.train_path.name} and "
                     f"{settings.test_path.name} into {settings.train_path.parent}")  # fmt: skip
    try:
        usage = ai_usage.load(project.ai_log)
    except InputError as error:
        return [*found, str(error)]
    if usage.used == "undeclared":
        log = project.ai_log or 'data/ai_usage.toml, and name it: log = "data/ai_usage.toml" in [ai]'
        found.append(f'the use of AI is not declared; set used = "none" or used = "yes" in {log}')
    return found


def _run_problems(project: Project) -> list[str]:
    """Return what the settings lack: words of one's own, a profile that may be handed in, what a requirement asks."""
    settings, found = project.settings, []
    if settings.report.example:
        found.append(f"{place(settings, 'report', 'example')}: example = true, and page 1 reads \"Example report\"; "
                     "take the line out once the words are yours")  # fmt: skip
    if settings.run.profile not in PROFILES:
        wanted = " or ".join(PROFILES)
        at = str(project.config) if project.profile else place(settings, "run", "profile")
        found.append(f"{at}: profile '{settings.run.profile}' is for a first look; expected {wanted}: type make handin")
    try:
        rows = requirements.load(project.templates / "requirements.toml")
        for row, name, value in requirements.unmet(rows, settings):
            at = place(settings, *name.split(".")[1:])
            found.append(f"{at}: {row.id} asks for {row.text}: {name} is {value}, expected {row.condition}")
    except (InputError, RenderError) as error:
        found.append(str(error))
    return found


def _repository_problems(project: Project) -> list[str]:
    """Return what keeps a reader from the code of this report; what cannot be known offline is a warning on stderr."""
    if not project.commit:
        print("warning: this is no git repository, so page 1 names no commit", file=sys.stderr)
        return []
    found, named = [], project.commit.removesuffix("+")
    if project.commit.endswith("+"):
        changed = git(project.root, "status", "--short", "--untracked-files=no").splitlines()
        number = "1 file differs" if len(changed) == 1 else f"{len(changed)} files differ"
        found.append(f"{number} from commit {named}, which page 1 names; commit them: "
                     f"git commit -a ({', '.join(line[3:] for line in changed[:3])})")  # fmt: skip
    if added := _uncommitted(project):
        found.append(f"commit {named}, which page 1 names, lacks {len(added)} file{'s' * (len(added) > 1)} "
                     f"of this report; add them: git add {' '.join(added[:3])}{' …' * (len(added) > 3)}")  # fmt: skip
    if found:
        return found
    if not git(project.root, "branch", "--remotes", "--contains", "HEAD").strip():
        print(f"warning: no branch of a remote that this clone knows has commit {project.commit}; push it: "
              "git push", file=sys.stderr)  # fmt: skip
    elif _address(project.settings.report.repository) not in {
        _address(line.split()[1]) for line in git(project.root, "remote", "--verbose").splitlines()
    }:
        print(f"warning: report.toml names {project.settings.report.repository}, which is no remote of this clone; "
              "check it with: git remote --verbose", file=sys.stderr)  # fmt: skip
    return []


def _uncommitted(project: Project) -> list[str]:
    """Return settings, templates and files of code that git neither has nor ignores, by their path in the clone."""
    root = project.root.resolve()
    own = (project.config, project.templates, project.code_folder / OWN)
    read = [path.resolve() for path in (*own, root / "analysis", root / "report_src")]
    inside = [str(path.relative_to(root)) for path in read if path.is_relative_to(root)]
    return git(root, "ls-files", "--others", "--exclude-standard", "--", *inside).splitlines()


def _address(url: str) -> str:
    """Return git@host:a/b.git and https://host/a/b/ -> host/a/b."""
    bare = re.sub(r"^(?:\w+://)?(?:[^@/]*@)?", "", url.strip())
    return re.sub(r"(?:\.git)?/*$", "", bare).replace(":", "/").lower()


def _first(findings: list[str]) -> list[str]:
    """Return the first findings of the prose check, and how many more there are."""
    more = len(findings) - SHOWN
    return [
        *findings[:SHOWN],
        *([f"and {more} more findings of the prose check; `make check` lists them"] * (more > 0)),
    ]


def document_problems(work: Path) -> list[str]:
    """Return what the built report still has that a strict reader would object to."""
    found = _first(json.loads((work / FINDINGS).read_bytes()))
    derivations = json.loads((work / DERIVATIONS).read_bytes())["table"]
    for row in derivations:
        found += [f"derivation {row['name']} has an unchecked row ({why}); write it so that the checker reads it"
                  for why in row["unchecked"]]  # fmt: skip
    if not derivations:
        found.append("no derivation was verified; type: make report")
    return found


def _own_words(project: Project) -> list[str]:
    """Return what forbids it: no block that asks for the student's own thought was touched.

    Where some were, the others are listed on stderr and nothing is forbidden.
    """
    templates = project.templates
    try:
        rows = requirements.load(templates / "requirements.toml")
    except InputError:  # run_problems names it
        return []
    topics = {row.own for row in rows if row.own}
    unchanged = text_blocks.unchanged_topics(text_blocks.all_blocks(templates), rows)
    named = [f"{topic}: {_places(blocks)}" for topic, blocks in unchanged.items()]
    if topics and set(unchanged) == topics:
        return ["not one answer that asks for your own thought is in your own words; rewrite at least one of:"
                + "".join(f"\n    {line}" for line in named)]  # fmt: skip
    for line in named:
        print(f"note: still as shipped: {line}", file=sys.stderr)
    return []


def _places(blocks: list[text_blocks.Block]) -> str:
    lines: dict[str, list[str]] = {}
    for block in blocks:
        lines.setdefault(block.template, []).append(str(block.line))
    return "; ".join(f"templates/{template}, line {', '.join(numbers)}" for template, numbers in lines.items())


def refuse(problems: list[str]) -> None:
    """BuildError with one line a problem, where there is any."""
    if problems:
        number = f"{len(problems)} things forbid it" if len(problems) > 1 else "one thing forbids it"
        raise BuildError("\n  ".join([f"nothing is handed in yet, {number}:", *problems]), 2, problems)


def safe(text: str) -> str:
    """Return text as part of a file name: letters, digits, `-` and `_`; accents are dropped, the rest becomes `-`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-") or "report"
