"""Tools: what draws the pictures of the web page, and what the tests look at PDFs and pages with."""

from __future__ import annotations

import shutil
from pathlib import Path

from machine import commands, system
from machine.commands import Missing, say, write_stamp

TOOL_PACKAGES = {"apt": "poppler-utils", "dnf": "poppler-utils", "brew": "poppler"}
TOOLS = ("pdfinfo", "pdffonts", "pdftotext", "pdftoppm", "pdftocairo")
BROWSER_PACKAGES = {"apt": "chromium", "dnf": "chromium", "brew": "--cask chromium"}
AXE = "axe-core@4.14.1"  # checks the web page for readers who do not see it; only the tests use it
BROWSERS = ("chromium", "chromium-browser", "google-chrome")  # any of them shows the preview to the tests


def prepare_tools(root: Path) -> None:
    """See that the programs are there which the tests look at PDFs with, and if possible a browser."""
    if any(shutil.which(name) is None for name in TOOLS):
        system.install("poppler: " + ", ".join(name for name in TOOLS if shutil.which(name) is None), TOOL_PACKAGES)
    missing = [name for name in TOOLS if shutil.which(name) is None]
    if missing:
        raise Missing(f"{', '.join(missing)} still missing: " + system.how_to_install(TOOL_PACKAGES))
    prepare_browser()
    prepare_axe(root)
    write_stamp(root / ".ready" / "tools", " ".join(TOOLS) + "\n")


def prepare_browser() -> None:
    """Install a browser where none is; the tests of the preview are left out where that cannot be done."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    try:
        system.install("a browser: " + BROWSERS[0], BROWSER_PACKAGES)
    except Missing as missing:
        say(f"note: {missing}\n  (the tests of the preview are left out)")


def prepare_axe(root: Path) -> None:
    """Install axe-core where npm is; the test of the web page's accessibility is left out where that cannot be done."""
    folder = root / ".ready" / "npm"
    npm = shutil.which("npm")
    if npm is None or (folder / "node_modules" / "axe-core").is_dir():
        return
    try:
        options = ["--silent", "--no-save", "--ignore-scripts", "--prefix", str(folder)]
        commands.run([npm, "install", *options, AXE], "npm failed")
    except Missing as missing:
        say(f"note: {missing}\n  (the test of the web page's accessibility is left out)")
