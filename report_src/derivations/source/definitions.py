"""Definitions in TeX and LaTeX: which words a text defines, and whether one of them belongs to the language.

A word of the language means what this package reads; where a preamble or a template gives it another meaning, what
is printed is not what is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from report_src.derivations.source.tags_and_comments import RAW, RAW_COMMANDS, masked
from report_src.derivations.source.vocabulary import KNOWN_MACROS, RELATIONS, SIZES, SPACES

# commands that give a word a meaning
DEFINER = re.compile(
    r"\\(?:[egx]?def|protected@[ex]def|@?let|glet|futurelet|(?:math|text)?chardef|(?:count|dimen|skip|muskip|toks)def"
    r"|Umathchardef|Umathcharnumdef|font|newfont|newif|(?:re)?newcommandx?|providecommandx?|(?:re)?newenvironmentx?"
    r"|@ifdefinable|(?:new|renew|provide)robustcmd|newtheorem|lstnewenvironment|undef|MakeRobust|robustify"
    r"|Declare(?:Math|Symbol|Text|Paired|Robust)[A-Za-z]+|Declare[A-Za-z]*Command[A-Za-z]*|SetMath[A-Za-z]+"
    r"|(?:New|Renew|Provide|Declare)(?:Expandable)?Document(?:Command|Environment)"
    r"|(?:New|Renew|Declare)(?:Command|Environment)Copy|x?patchcmd|x?(?:pretocmd|apptocmd)|[xeg]?(?:pre|app)to"
    r"|(?:Global)?LetLtxMacro|WithSuffix|savebox|sbox|setbox|newsavebox|(?:tl|cs)_[A-Za-z_:]+)(?![A-Za-z@])"
)
PREFIXES = re.compile(
    r"(?:\\(?:global|long|outer|protected|expandafter|noexpand|relax|unexpanded|space)(?![A-Za-z@])|[\s{=*+!])*"
)
# commands behind which no word can be followed
UNFOLLOWED = re.compile(
    r"\\(?:(?:cat|math|del|lc|uc|sf)code|Umathcode|Udelcode|csname|@nameuse|@namedef|cs[egx]?def|csg?let|csletcs|letcs"
    r"|csuse|csundef|cs[gx]?(?:pre|app)to|scantokens|scantextokens|lowercase|uppercase|every(?:math|display|cr|hbox|par|vbox)"
    r"|aftergroup|afterassignment|directlua|latelua|luaexec|openin|read|readline|endlinechar|SetSymbolFont|SetMathAlphabet|escapechar|use:c|cs:w"
    r"|(?:At(?:Begin|End)|BeforeBegin|AfterEnd)Environment|globaldefs|textfont|scriptfont|scriptscriptfont"
    r"|DeclareUnicodeCharacter|newunicodechar|tl_rescan:nn|(?:lst)?MakeShort(?:Inline|Verb)|DefineShortVerb|char_[a-z_]+:[A-Za-z]+|cs_generate_from_arg_count:[A-Za-z]+)"
    r"(?![A-Za-z@])"
)
_COPIES = re.compile(r"\\(?:@?let|glet|futurelet|(?:Global)?LetLtxMacro|(?:New|Renew|Declare)CommandCopy)$")
# words of the language that the preamble may define, with this one meaning
_ALLOWED = {
    r"\mathbb": r"[1]{\ifx1#1\mathbf{1}\else\blackboard{#1}\fi}",
    r"\unchecked": r"[1]{\tag*{\footnotesize\textcolor{warned}{unchecked: #1}}}",
}
_WORD = re.compile(r"\\(?:[A-Za-z@]+|[^A-Za-z@])|[A-Za-z]+\*?")
# words whose meaning a derivation relies on
PROTECTED = frozenset(
    {f"\\{word}" for word in KNOWN_MACROS} | SIZES | SPACES | RAW_COMMANDS
    | {word for word in RELATIONS if word[0] == "\\"}
    | {"\\begin", "\\end", "\\[", "\\]", "\\(", "\\)", "\\{", "\\}", "\\|", "\\\\", "\\limits", "\\implies"}
    | {"\\shortintertext", "\\mbox", "\\hbox", "\\verb", "\\item", "\\footnote", "\\emph", "\\cref", "\\par", "\\relax"}
    | {"\\cdots", "\\colon", "\\Vert", "\\lVert", "\\rVert", "\\bigl", "\\bigr", "\\textstyle", "\\over", "\\genfrac"}
)  # fmt: skip
# further words of a report, which its preamble defines or LaTeX does: what they print is not what a template says
REPORT = frozenset(
    {"\\result", "\\printednumber", "\\notednumber", "\\answer", "\\section", "\\subsection", "\\subsubsection"}
    | {
        "\\paragraph",
        "\\caption",
        "\\label",
        "\\ref",
        "\\pageref",
        "\\eqref",
        "\\Cref",
        "\\cite",
        "\\input",
        "\\include",
    }
    | {
        "\\includegraphics",
        "\\textbf",
        "\\textit",
        "\\texttt",
        "\\textrm",
        "\\textsf",
        "\\footnotemark",
        "\\footnotetext",
    }
)
# environments whose meaning a derivation relies on
PROTECTED_ENVIRONMENTS = RAW | frozenset(
    {name + star for name in ("equation", "align", "gather", "multline", "flalign", "alignat") for star in ("", "*")}
    | {"bmatrix", "pmatrix", "split", "aligned", "alignedat", "gathered", "itemize", "enumerate", "center", "quote"}
    | {"flushleft", "document", "derivation", "math", "displaymath"}
)


@dataclass(frozen=True)
class Redefinition:
    """A word of the language that a text defines, or a command after which no word can be followed."""

    start: int
    end: int
    message: str
    hint: str = "give the new meaning a name of its own"


def redefinitions(text: str, *, preamble: bool = False) -> Iterator[Redefinition]:
    r"""Yield the places where a text changes a word of the language: `\def\top{2}`, `\csname top\endcsname`.

    `preamble` lets `derivation` and `\unchecked` be defined once, as this package expects them. A definition whose
    meaning prints the same word (`\DeclareMathOperator{\tanh}{tanh}`) changes nothing.
    """
    blanked = masked(text)
    for found in DEFINER.finditer(blanked):
        yield from _defined(blanked, found, preamble)
    for found in UNFOLLOWED.finditer(blanked):
        message = f"{found.group()} can change the meaning of any word, and is not followed"
        yield Redefinition(found.start(), found.end(), message, "define what you need by \\newcommand")
    yield from _hooks(blanked)
    for found in re.finditer(r"\^\^(?=\S)", blanked):
        yield Redefinition(found.start(), found.end(), "^^ writes a character that is not seen", "type it")
    for found in re.finditer(
        r"mathescape|escapeinside|escapechar|escape(?:begin|end)|texcl|texcomments|moredelim|commandchars", blanked
    ):
        message = f"with {found.group()} a listing prints formulas that nobody reads"
        yield Redefinition(found.start(), found.end(), message, "take the option out")


def _defined(text: str, definer: re.Match[str], preamble: bool) -> Iterator[Redefinition]:
    """Yield what one definition changes."""
    start = _behind_prefixes(text, definer.end())
    word = _WORD.match(text, start)
    if word is None:
        if text[start : start + 1] in ("#", "}"):
            message = f"{definer.group()} defines a word that is not written here"
            yield Redefinition(definer.start(), definer.end(), message, "write the word behind it")
        return
    name, other = word.group(), text[_behind_prefixes(text, word.end()) :]
    opening = name.removeprefix("\\").removeprefix("end") in PROTECTED_ENVIRONMENTS - {"center", "quote", "math"}
    if (
        name in PROTECTED
        or (not preamble and name in REPORT)
        or (opening and (name[0] == "\\" or "nvironment" in definer.group()))
    ):
        if not _harmless(definer.group(), name, text[word.end() :], preamble):
            message = f"{definer.group()} changes {name}, a word of the language"
            yield Redefinition(definer.start(), word.end(), message)
    elif definer.group() in ("\\DeclareMathSymbol", "\\DeclareMathAlphabet") and len(name) == 1:
        yield Redefinition(definer.start(), word.end(), f"{definer.group()} changes how {name} is printed")
    elif DEFINER.fullmatch(name) or (
        _COPIES.match(definer.group()) and (DEFINER.match(other) or UNFOLLOWED.match(other))
    ):
        message = f"{definer.group()} gives a command that defines words another name"
        yield Redefinition(definer.start(), word.end(), message, "write the definition itself")


def _behind_prefixes(text: str, start: int) -> int:
    found = PREFIXES.match(text, start)
    return found.end() if found else start


def _harmless(definer: str, name: str, rest: str, preamble: bool) -> bool:
    body = re.sub(r"\s+", "", rest)[:120].lstrip("}")
    if definer.startswith("\\DeclareMathOperator"):
        return body.startswith("{" + name[1:] + "}")
    if not preamble:
        return False
    if name == "derivation":
        return definer == "\\newenvironment"
    return body.startswith(re.sub(r"\s+", "", _ALLOWED.get(name, "\0")))


def _hooks(text: str) -> Iterator[Redefinition]:
    """Yield hooks on a word or an environment of the language."""
    for found in re.finditer(r"\\(?:AddToHook|AddToHookNext|AddToHookWithArguments)\s*\{([^{}]*)\}", text):
        kind, _, name = found.group(1).strip().partition("/")
        name = name.rpartition("/")[0].strip()
        if kind not in ("cmd", "env"):
            continue
        content = re.match(r"\s*(?:\[[^\]]*\])?\s*\{([^{}]*)", text[found.end() :])
        computed = "#" in name and (content is None or "#" in content.group(1))
        if computed or "\\" in name or f"\\{name}" in PROTECTED or name in PROTECTED_ENVIRONMENTS:
            yield Redefinition(found.start(), found.end(), f"this hook changes {name}, a word of the language")
