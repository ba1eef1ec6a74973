"""The words of the language: macros, operators, relations, environments; so that messages can suggest them."""

from __future__ import annotations

# letters that are macros, and how a message prints them
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ",
}  # fmt: skip

# marks of a vector; they make no name, as fonts make none
BOLD = frozenset({"mathbf", "textbf", "boldsymbol", "bm", "pmb", "vec", "underline"})
FONTS = BOLD | {"mathrm", "mathcal", "mathsf", "mathit", "mathscr"}
# fonts that are switched on for the rest of a group, and the macros that say the same of one argument
SWITCHES = {"bf": "mathbf", "rm": "mathrm", "it": "mathit", "cal": "mathcal", "sf": "mathsf"}
ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "check": "\u030c", "breve": "\u0306"}
ACCENTS |= {"widehat": "\u0302", "widetilde": "\u0303", "overline": "\u0305"}

# other spellings of operators
ALIASES = {"Tr": "tr", "trace": "tr", "Trace": "tr", "sgn": "sign", "Diag": "diag", "relu": "ReLU"}
OPERATORS = frozenset(ALIASES) | {"diag", "tr", "softmax", "ReLU", "sign", "log", "ln", "exp"}
OPERATORS |= {"tanh", "sigmoid", "sin", "cos"}
# names of operators; with \operatorname, \mathrm or \text, some also as macros of their own
OPERATORS |= {"max", "min", "det", "factorial", "binom"}  # n! and \\binom{n}{k} are spelled with the last two
OPERATOR_MACROS = frozenset({"log", "ln", "exp", "tanh", "sin", "cos", "max", "min", "det"})
GREEDY = frozenset({"log", "ln", "exp", "tanh", "sin", "cos"})  # operators of numbers that are read without parentheses
BARE = GREEDY | {"det", "tr"}  # all operators that are read without parentheses; they take one factor

BOUNDS = frozenset({"<", ">", "<=", ">=", "!="})  # the signs of relations that a condition of a formula has
DOTS = frozenset({"\\dots", "\\cdots", "\\ldots"})

RELATIONS = {
    "=": "=", ":=": ":=", "\\coloneqq": ":=", "\\triangleq": ":=", "\\in": "in", ":": ":", "\\colon": ":",
    "\\to": "to", "\\rightarrow": "to", "\\le": "<=", "\\leq": "<=", "\\ge": ">=", "\\geq": ">=", "<": "<", ">": ">",
    "\\succ": "succ", "\\succeq": "succeq", "\\leqslant": "<=", "\\geqslant": ">=", "\\ne": "!=", "\\neq": "!=",
    "\\approx": "≈",  # a decimal behind it says by its last digit how close it is
    "=!": "required",  # \\overset{!}{=}: its two sides are to be equal, and are so in what follows
}  # fmt: skip


# words that read as a function, also where they are typed letter by letter
WORDS = frozenset({"\\text", "\\intertext", "\\shortintertext"})  # commands that set words in a display
ALL_WORDS = WORDS | {"\\textrm", "\\textnormal", "\\textit", "\\textbf", "\\textup", "\\mbox", "\\hbox", "\\tag"}

WORDS_OF_FUNCTIONS = OPERATORS | {"sin", "cos", "tan", "argmax", "argmin", "Var", "var", "Cov", "cov", "sup", "inf"}

SPACES = frozenset({"\\,", "\\;", "\\:", "\\!", "\\ ", "~", "&", "\\displaystyle", "\\textstyle"})
SPACES |= {"\\enspace", "\\thinspace", "\\negthinspace", "\\medspace", "\\thickspace"}
SIZES = frozenset(
    "\\" + size + side
    for size in ("big", "Big", "bigg", "Bigg")
    for side in ("", "l", "r", "m")  # a size changes how a delimiter looks, never what it means
)

_NUMBERED = ("equation", "align", "gather", "multline", "flalign", "alignat", "eqnarray")
# environments whose rows are read
DISPLAYS = frozenset(name + star for name in _NUMBERED for star in ("", "*")) | {"displaymath"}
# environments that display as well, and whose rows are not read
MORE_DISPLAYS = frozenset(
    {"math*", "dmath", "dmath*", "dgroup", "dgroup*", "IEEEeqnarray", "IEEEeqnarray*", "mathpar", "empheq"}
    | {"xalignat", "xalignat*", "xxalignat", "darray", "numcases", "subnumcases", "dseries", "dseries*"}
)
# environments that make a display of the inline mathematics around them, as `\displaystyle` does
BLOCKS = frozenset({"aligned", "alignedat", "gathered", "split", "array", "multlined"})
PROSE_ENVIRONMENTS = frozenset({"itemize", "enumerate", "center", "quote", "flushleft"})  # in a derivation
# environments that set a formula apart from the text
APART = frozenset({"center", "quote", "flushleft", "flushright", "quotation", "verse", "displayquote", "tcolorbox"})
APART |= {"mdframed", "framed", "shaded", "leftbar"}
# environments of text, in which a relation without mathematics around it is a sign of the text
TEXT = PROSE_ENVIRONMENTS | frozenset(
    {"document", "derivation", "description", "figure", "figure*", "table", "table*", "tabular", "tabular*", "tabularx"}
    | {"longtable", "minipage", "multicols", "abstract", "titlepage", "thebibliography", "algorithm", "algorithmic"}
    | {
        "small",
        "footnotesize",
        "samepage",
        "appendix",
        "tikzpicture",
        "frame",
        "flushright",
        "quotation",
        "verse",
        "theorem",
        "lemma",
        "proposition",
    }
    | {"corollary", "definition", "remark", "example", "proof", "subequations"}
    | {"flushright", "quotation", "verse"}
)

# forms that are often met and never read, with what to write instead
REFUSED = {
    "\\propto": "∝ cannot be checked; write the factor",
    "\\sim": "∼ is not in the language",
    "\\equiv": "≡ is not in the language; write = or \\coloneqq",
    "\\ast": "* is not in the language; write \\odot for the elementwise product, \\cdot between numbers",
    "\\int": "integrals are not in the language",
    "\\mathbb": "\\mathbb is read before R and 1 only",
    "\\unchecked": "\\unchecked{reason} belongs at the end of a row",
    "\\over": "\\over needs braces of its own: {a \\over b}",
}

# relations that occur in notes and are not read; a row with one of them does not continue the row above
UNREAD_RELATIONS = frozenset({"\\leftarrow", "\\gets", "\\mapsto", "\\overset", "\\stackrel", "\\propto"})
UNREAD_RELATIONS |= {"\\sim", "\\equiv", "\\simeq", "\\iff", "\\Leftrightarrow"}

_NEW = "an update is no equation: give the new value a name of its own, w_{\\text{new}} \\coloneqq …"
_STATED = "state it in the text"
_SMOOTH = (
    "declare a function for it, $\\phi : \\mathbb{R} \\to \\mathbb{R}$: what holds for every function holds for it"
)
# what to write for commands that are met in notes and not read: the nearest in meaning, not in spelling
INSTEAD = {
    "leftarrow": _NEW,
    "gets": _NEW,
    "mapsto": "define it: f \\coloneqq …",
    "overset": "write the relation only; a note belongs in parentheses at the end of the row",
    "stackrel": "write the relation only; a note belongs in parentheses at the end of the row",
    "arg": "say what holds at the optimum: At a minimum, $\\nabla_w L = \\mathbf 0$.",
    "argmin": "say what holds at the optimum: At a minimum, $\\nabla_w L = \\mathbf 0$.",
    "argmax": "say what holds at the optimum: At a maximum, $\\nabla_w L = \\mathbf 0$.",
    "logit": "write \\log\\frac{p}{1 - p}",
    "var": "write the mean of squares: \\frac1N\\sum_{n=1}^{N} (x_n - \\mu)^2",
    "Var": "write the mean of squares: \\frac1N\\sum_{n=1}^{N} (x_n - \\mu)^2",
    "mean": "write \\frac1N\\sum_{n=1}^{N} x_n",
    "tan": _SMOOTH,
    "vec": "write the components: A_{ij}",
    "rank": _STATED,
    "color": "write \\textcolor{red}{…} around what is coloured",
    "vdots": "write the entry for any index: p_i \\coloneqq …",
    "ddots": "write the entry for any index: A_{ij} \\coloneqq …",
    "cdots": "write the sum with \\sum",
    "lim": "a limit cannot be checked; end the row in \\unchecked{reason}",
    "infty": "what has no bound cannot be checked; end the row in \\unchecked{reason}",
    "simeq": "≃ cannot be checked; make it exact, or end the row in \\unchecked{reason}",
    "forall": "write the range in the text: $i = 1,\\dots,d$",
    "exists": _STATED,
    "iff": "write each equation on a row of its own",
    "Leftrightarrow": "write each equation on a row of its own",
    "mid": "write p(y, x) of a declared function",
    "pm": "write a row for each sign",
    "E": "write the mean: \\frac1N\\sum_{n=1}^{N}",
    "cup": _STATED,
    "subset": _STATED,
    "perp": "write the product that is zero: $\\mathbf u^\\top\\mathbf v = 0$",
}

# words that state a value; in the note of a brace they would be a claim that nobody checks
VALUES = frozenset(
    {"zero", "one", "two", "three", "four", "ten", "half", "third", "twice", "double", "doubled", "halved", "equal"}
    | {"equals", "is", "are", "plus", "minus", "times", "divided", "squared", "cubed", "negated", "opposite", "inverse"}
    | {"inverted", "transposed", "transpose", "modulo", "mod", "percent", "vanishes", "cancels", "square", "root"}
)

# parts of the names of colours that are hardly seen on white paper
HIDING_COLOURS = ("white", "yellow", "light", "pale", "none", "ivory", "snow", "cream", "beige", "paper", "background")

FRACTIONS = frozenset({"frac", "tfrac", "dfrac"})
KNOWN_MACROS = (
    frozenset(GREEK)
    | FONTS
    | frozenset(ACCENTS)
    | OPERATOR_MACROS
    | FRACTIONS
    | frozenset(
        {"sqrt", "sum", "prod", "partial", "nabla", "odot", "circ", "cdot", "times", "top", "prime", "operatorname"}
        | {"text", "lVert", "rVert", "lvert", "rvert", "vert", "left", "right", "underbrace", "overbrace"}
        | {"otimes", "langle", "rangle", "intercal", "ne", "neq", "over", *SWITCHES}
        | {"boxed", "textcolor", "mathbb", "in", "to", "coloneqq", "le", "leq", "ge", "geq", "dots", "ldots"}
        | {"quad", "qquad", "unchecked", "Rightarrow", "label", "tag", "nonumber", "notag", "intertext"}
    )
)
