# ruff: noqa: E501 - sentences of a text are not broken
"""Names that the words of the text define: "Let $z = Wx$", "Define \\[ … \\]"."""

import pytest

from tests.report_src.derivations.checked import checked, displayed, refused

GIVEN = r"Let $W \in \mathbb{R}^{m \times d}$, $x \in \mathbb{R}^{d}$ and $t \in \mathbb{R}$."


@pytest.mark.parametrize(
    "said",
    [
        "Let $z = Wx$.",
        "Define $z = Wx$ and $q = 2z$.",
        "Set $z = Wx$ for brevity.",
        "Assume that $z = Wx$.",
        "Consider $z = Wx$.",
        "We write $z = Wx$ for the logits.",
        "Let us denote $z = Wx$.",
        "Let $v \\in \\mathbb{R}^{d}$ and $z = Wx$.",
    ],
)
def test_a_name_is_defined_by_the_words_before_it(said: str) -> None:
    assert displayed(checked(f"{GIVEN} {said}", r"z^\top z &= x^\top W^\top W x")) == ["ok"]
    assert displayed(checked(f"{GIVEN} {said}", r"z^\top z &= x^\top W W^\top x")) == ["wrong"]


def test_so_is_a_function_a_family_and_what_a_display_shows() -> None:
    function = r"Let $f(x) = x^\top x$."
    assert displayed(checked(f"{GIVEN} {function}", r"\nabla f(x) &= 2x", r"f(x) &= 2x")) == ["ok", "wrong"]
    family = r"Let $u_i \in \mathbb{R},\ i = 1,\dots,n$. Let $p_i = t u_i$ for $i = 1, \dots, n$."
    rows = [r"\sum_i p_i &= t \sum_i u_i", r"\sum_i p_i &= \sum_i u_i"]
    assert displayed(checked(f"{GIVEN} {family}", *rows)) == ["ok", "wrong"]
    mean = r"Let $x_1, \dots, x_n \in \mathbb{R}$ and let $\bar{x} = \frac1n \sum_i x_i$ be their mean."
    assert displayed(checked(mean, r"\sum_i (x_i - \bar{x}) &= 0", r"\bar{x} &= x_1")) == ["ok", "unreadable"]
    shown = r"We define \[ L = x^\top x, \qquad q = 2L. \]"
    assert displayed(checked(f"{GIVEN} {shown}", "q &= 2L", "q &= L")) == ["definition", "ok", "wrong"]


@pytest.mark.parametrize(
    "said", ["where $z = Wx$ and $h = 2z$", "where $h = 2z$ and $z = Wx$", "with $h = 2z$, $z = Wx$"]
)
def test_what_stands_behind_a_display_explains_it(said: str) -> None:
    shown = rf"{GIVEN} \[ L \coloneqq h^\top h + z^\top z, \] {said}."
    rows = [r"L &= 5x^\top W^\top W x", r"\frac{\partial L}{\partial h} &= 2h", r"L &= 3x^\top W^\top W x"]
    assert displayed(checked(shown, *rows)) == ["definition", "ok", "ok", "wrong"]


@pytest.mark.parametrize("said", ["where $x$ is small and $z = Wx$.", "Here it is. Where $z = Wx$, it is small."])
def test_behind_other_words_nothing_explains_it(said: str) -> None:
    shown = rf"{GIVEN} \[ L \coloneqq z^\top z \] {said}"
    assert displayed(checked(shown, "L &= L")) == ["unreadable", "unreadable"]


def test_the_derivative_by_such_a_name_is_that_of_a_definition() -> None:
    said = r"Let $z = Wx$ and let $L = z^\top z$."
    rows = [
        r"\frac{\partial L}{\partial z} &= 2z",
        r"\frac{\partial L}{\partial x} &= 2W^\top z",
        r"\frac{\partial L}{\partial x} &= 2z",
    ]
    assert displayed(checked(f"{GIVEN} {said}", *rows)) == ["ok", "ok", "wrong"]


@pytest.mark.parametrize(
    "said",
    [
        "Let $z = t^2$ for $t > 0$.",
        "Let $z = t^2$ or $z = t^3$.",
        "We do not let $z = t^2$.",
        "If $t > 0$, let $z = t^2$.",
        "Let $z = t^2$ unless $t > 0$.",
        "Let $z = t^2$. Let $z = t^3$.",
        "Let $z = t^2$ for the case $t > 0$.",
        "Let $z = t^2$ with high probability.",
        "Let $z = t^2$ as a first approximation.",
        "Let $z = t^2$ where $t$ is positive.",
        "Let $z = t^2$, say.",
        "The case $z = t^2$ is simple.",
        "Let $z_1 \\in \\mathbb{R}$ and $z = t^2$.",
    ],
)
def test_what_may_hold_only_sometimes_defines_nothing(said: str) -> None:
    assert displayed(checked(f"{GIVEN} {said}", "z &= t^2")) == ["unreadable"]


# a strange reader's: what is only supposed, proposed, quoted, denied, an example, one case of some, or changed later
ELSEWHERE = """Suppose we let @.|Should we set @, the proof breaks.|Provided $t > 0$, set @.|In the linear case, let @.
With probability one half, we set @.|Before we set @, it is free.|Initially, we set @.|Later we shall set @.|Some authors write @.
The student wrote: let @.|Rather than set @, we keep it free.|It is tempting to set @.|As an example, let @.|We can set @.|Naively, let @.
Let @, plus noise.|Let @, to first order.|Let @, a bad idea.|Let @ for all $t > 0$.|Let @ for $x$ small.|Let @ in law.|Let @, in law.
Let @ be the hypothesis that we refute.|Let @ denote the null hypothesis.|Let @ be the equation to solve.|Let @, respectively $v$.
Let @. Now let $z$ be arbitrary.|Let @. Later $z$ is replaced by $z + u$.|Let @. Now redefine $z = 2Wx$.|Let @. Correction: $z = v$.
Case 1: let @. Case 2: let $z$ be arbitrary.|\\begin{itemize}\\item Let @. \\item Then we go on. \\end{itemize}|Let @. This was wrong.
Wrong proof. Let @. End of it.|Suppose the contrary. Let @.|Is it true? Let @.|Fix $z$. Let @.|The solution set @.|Consider the set @.
Let @, then double $z$.|Let @, so $z = v$ is excluded.|Let @. In general, $z$ is not $u$.|Lemma 1. Let @. Lemma 2. We go on."""


@pytest.mark.parametrize("said", [said for line in ELSEWHERE.split("\n") for said in line.split("|")])
@pytest.mark.sampled(3)
def test_what_is_said_of_some_case_or_by_somebody_else_defines_nothing(said: str) -> None:
    assert displayed(checked(f"{GIVEN} {said.replace('@', '$z = Wx$')}", "z &= Wx"))[-1] == "unreadable"


@pytest.mark.parametrize(
    "said",
    [
        r"If $t > 0$, define \[ z = Wx. \]",
        r"Define \[ z = Wx \] if $t > 0$.",
        r"Define \[ z = Wx, \quad t > 0. \]",
        r"Let \[ z = Wx \] be false.",
        r"Let \[ z = Wx, \] unless stated otherwise.",
        r"One might define \[ z = Wx. \]",
        r"On the set \[ z = Wx \] all is well.",
        r"For every $z$, \[ z^\top z = x^\top W^\top W x. \] Set $z = Wx$.",
        r"Then \[ z = Wx \] with $z = Wx$, equality holds.",
        r"Then \[ z = Wx. \] Here $z$ is arbitrary. Set $z = Wx$.",
    ],
)
def test_a_display_is_no_definition_behind_or_before_other_words(said: str) -> None:
    assert "ok" not in displayed(checked(f"{GIVEN} {said}", "z &= Wx"))


@pytest.mark.parametrize(
    "said",
    [
        "for all $i > 1$",
        "for $i$ even",
        "for each $i \\in S$",
        ", $i > 1$",
        ", $i = 2, \\dots, n$",
        ", but $p_1 = 0$",
        ". Later, $p_1 = 0$",
    ],
)
def test_members_that_are_defined_for_some_indices_are_not(said: str) -> None:
    given = rf"Let $u_i \in \mathbb{{R}},\ i = 1,\dots,n$ and $t \in \mathbb{{R}}$. Let $p_i = t u_i$ {said}."
    assert "ok" not in displayed(checked(given, r"\sum_i p_i &= t \sum_i u_i"))


FUNCTIONS = [
    (r"Define $f : \mathbb{R}^d \to \mathbb{R}$ by $f(x) = x^\top x$.", r"\nabla f(x) &= 2x", r"\nabla f(x) &= x"),
    (r"Let $f : \mathbb{R}^d \to \mathbb{R}, f(x) = x^\top x$.", r"\nabla f(x) &= 2x", r"\nabla f(x) &= x"),
    (
        r"Let $f \colon \mathbb{R}^d \to \mathbb{R}$ be given by $f(x) = \|x\|^2$.",
        r"\nabla f(x) &= 2x",
        r"\nabla f(x) &= x",
    ),
    (r"Let $f : \mathbb{R}^d \to \mathbb{R},\ x \mapsto x^\top x$.", r"\nabla f(x) &= 2x", r"\nabla f(x) &= x"),
    (
        r"Let $f : \mathbb{R} \to \mathbb{R}$ and $x \in \mathbb{R}$. $f(x) \coloneqq x^3$.",
        r"f''(x) &= 6x",
        r"f(x) &\ge 0",
    ),
    (r"Consider the function $f(x) = x^3$, where $x \in \mathbb{R}$.", r"f'(x) &= 3x^2", r"f'(x) &= 3x"),
    (
        r"Let $f(x) = \|Ax - b\|^2$, where $A \in \mathbb{R}^{m \times d}$, $b \in \mathbb{R}^m$ and $x \in \mathbb{R}^d$.",
        r"\nabla f(x) &= 2A^\top(Ax - b)",
        r"\nabla f(x) &= 2A(Ax - b)",
    ),
    (
        r"Let $f : \mathbb{R} \times \mathbb{R} \to \mathbb{R}$ be given by $f(x, y) = x^2 y$.",
        r"\frac{\partial f}{\partial x} &= 2xy",
        r"\frac{\partial f}{\partial y} &= 2xy",
    ),
    (
        r"Let $f : \mathbb{R}^d \to \mathbb{R}^m$ be given by $f(x) = Wx$, where $W \in \mathbb{R}^{m \times d}$.",
        r"\frac{\partial f}{\partial x} &= W",
        r"\frac{\partial f}{\partial x} &= W^\top",
    ),
]


@pytest.mark.parametrize(("said", "true", "false"), FUNCTIONS)
def test_a_function_is_defined_by_its_formula_beside_its_declaration(said: str, true: str, false: str) -> None:
    assert displayed(checked(said, true))[-1] == "ok"
    assert "ok" not in displayed(checked(said, false))


@pytest.mark.parametrize(
    "said",
    [
        r"Let $g : \mathbb{R} \to \mathbb{R}$ be convex, for example $g(x) = x^2$.",
        r"Let $g : \mathbb{R} \to \mathbb{R}$. For instance, let $g(x) = x^2$.",
        r"Let $g : \mathbb{R} \to \mathbb{R}$. If $g(x) = x^2$, we have",
    ],
)
def test_an_example_of_a_function_is_not_its_definition(said: str) -> None:
    assert "ok" not in displayed(checked(rf"{said} Let $x \in \mathbb{{R}}$.", "g'(x) &= 2x"))


@pytest.mark.parametrize("said", [", $r > 0$", " with $r > 0$", " for all $r > 0$", " with $r \\in (0,1)$"])
def test_a_function_of_some_values_is_not_defined(said: str) -> None:
    assert "ok" not in displayed(checked(f"{GIVEN} Let $f(r) = r^2${said}.", "f(-t) &= t^2"))


def test_what_is_declared_is_not_defined_again_and_what_no_row_uses_is_passed_over() -> None:
    assert displayed(checked(f"{GIVEN} Let $t = 1$.", "t &= 1")) == ["unreadable"]
    assert displayed(checked(rf"{GIVEN} Let $\mu = \mathbb{{E}}[x]$ be the mean.", "t &= t")) == ["ok"]


@pytest.mark.parametrize("mark", [r"\quad \blacksquare", r"\qed", r". & \square", r"\qquad \checkmark"])
def test_the_mark_at_the_end_of_a_proof_is_passed_over(mark: str) -> None:
    assert displayed(checked(GIVEN, rf"t^2 &= t t {mark}")) == ["ok"]
    assert displayed(checked(GIVEN, rf"t^2 &= t {mark}")) == ["wrong"]


@pytest.mark.parametrize("row", [r"t &= t \square", r"t &= t + \quad\square", r"t \quad \square &= t"])
def test_a_box_in_a_formula_is_no_such_mark(row: str) -> None:
    assert displayed(checked(GIVEN, row)) == ["unreadable"]


@pytest.mark.parametrize(
    "said",
    ["be symmetric and invertible", "be an invertible, symmetric matrix", "be a real symmetric matrix"],
)
def test_a_property_stands_beside_what_every_matrix_is(said: str) -> None:
    stated = rf"Let $A \in \mathbb{{R}}^{{n \times n}}$ {said}."
    assert displayed(checked(stated, r"A^\top &= A", r"A^\top &= -A")) == ["ok", "wrong"]
    assert displayed(checked(stated.replace("symmetric", "square"), r"A^\top &= A")) == ["wrong"]


def test_two_displays_of_a_sentence_that_does_not_define_are_claims() -> None:
    found = checked(rf"{GIVEN} Then \[ z = Wx. \]", "t &= t")
    assert "neither declared nor defined" in refused(found)[0].message


SHOWN = [
    "Consider the quadratic function",
    "The loss is",
    "The loss is given by",
    "We minimise the loss",
    "We want to minimize",
    "Let $f$ be given by",
    "Let $f : \\mathbb{R}^d \\to \\mathbb{R}$ be given by",
    "Let $c \\in \\mathbb{R}$ and define",
]


@pytest.mark.parametrize("said", SHOWN)
def test_a_display_behind_such_words_defines(said: str) -> None:
    setting = rf"{GIVEN} {said} \[ f(x) = \|Wx\|^2. \]"
    assert displayed(checked(setting, r"\nabla f(x) &= 2W^\top W x", r"\nabla f(x) &= 2Wx"))[-2:] == ["ok", "wrong"]


def test_a_display_goes_on_with_what_is_declared() -> None:
    setting = r"Define \[ L = x^\top A x, \] where $A \in \mathbb{R}^{d \times d}$ and $x \in \mathbb{R}^d$."
    assert displayed(checked(setting, r"\nabla_x L &= (A + A^\top) x"))[-1] == "ok"


NO_DEFINITION = [
    "A wrong guess is",
    "If the loss is",
    "The null hypothesis is",
    "The loss is not",
    "The gradient is",
    "The inverse is",
    "The approximate gain is",
    "An upper bound is",
    "The loss at the optimum is",
    "Consider the inequality",
    "The naive answer is",
]


@pytest.mark.parametrize("said", NO_DEFINITION)
def test_a_display_behind_other_words_does_not(said: str) -> None:
    setting = rf"{GIVEN} {said} \[ f(x) = \|Wx\|^2. \]"
    assert "ok" not in displayed(checked(setting, r"\nabla f(x) &= 2W^\top W x"))


def test_a_sign_with_a_meaning_of_its_own_is_defined_anew() -> None:
    setting = r"Let $t \in \mathbb{R}$. The activation is $\sigma(x) = \max(0, x)$."
    assert displayed(checked(setting, r"\sigma(t) &= \max(0, t)", r"\sigma(0) &= \tfrac12")) == ["ok", "wrong"]


HALVES = [
    (
        r"\nabla_w \frac12 (Xw - y)^\top (Xw - y) &= X^\top (Xw - y)",
        r"\nabla_w \frac12 (Xw - y)^\top (Xw - y) &= X^\top X w",
    ),
    (r"\nabla_w \tfrac12 w^\top w &= w", r"\nabla_w \tfrac12 w^\top w &= 2w"),
    (r"\nabla_w \lambda w^\top w &= 2\lambda w", r"\nabla_w \lambda w^\top w &= 2w"),
    (r"\nabla_w \frac1n \sum_{i=1}^n y_i &= \mathbf 0", r"\nabla_w \frac{\lambda}{2} w^\top w &= w"),
]


@pytest.mark.parametrize(("true", "false"), HALVES)
def test_a_gradient_is_taken_of_the_whole_behind_a_constant(true: str, false: str) -> None:
    setting = (
        r"Let $X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$, $y \in \mathbb{R}^n$ and $\lambda \in \mathbb{R}$."
    )
    assert displayed(checked(setting, true))[-1] != "wrong"
    assert displayed(checked(setting, false)) == ["wrong"]


def test_an_equation_behind_a_bound_that_is_refused_is_not_judged() -> None:
    setting = r"Let $x, y \in \mathbb{R}^n$."
    assert displayed(checked(setting, r"0 &\le \|x - q\|^2", r"&= \|x\|^2")) == ["unreadable", "unreadable"]


def test_a_name_that_is_defined_with_one_and_with_two_arguments_is_not_judged() -> None:
    setting = r"Let $p, q \in \mathbb{R}^K_{>0}$. \[ H(p) := -p^\top \log p \] \[ H(p,q) := -p^\top \log q \]"
    report = checked(setting, r"H(p,q) - H(p) &= p^\top \log p - p^\top \log q")
    assert displayed(report)[-1] == "unreadable"
    assert "defines H again" in refused(report)[-1].message


def test_the_formula_of_a_function_lies_in_the_set_of_its_values() -> None:
    setting = r"Define $f : \mathbb{R}^n \to \mathbb{R}^m$ by $f(x) = x^\top x$."
    assert "ok" not in displayed(checked(setting, r"f(2x) &= 4 f(x)"))


def test_a_gradient_is_not_read_at_a_name_that_the_formula_holds() -> None:
    setting = r"Let $x, y \in \mathbb{R}$. Consider the function \[ f(t) = t y. \]"
    assert displayed(checked(setting, r"\nabla f(y) &= 2y"))[-1] == "unreadable"


def test_an_equals_sign_below_a_sum_is_part_of_a_formula() -> None:
    setting = r"Let $f : \mathbb{R}^n \to \mathbb{R}$ be given by $f(t) = \sum_{i=1}^n t_i^2$."
    assert displayed(checked(setting, r"\nabla f(t) &= 2t", r"\nabla f(t) &= t")) == ["ok", "wrong"]


def test_a_formula_of_a_function_that_is_not_read_leaves_a_row_open() -> None:
    setting = r"Let $x \in \mathbb{R}$ and let $f : \mathbb{R} \to \mathbb{R}$ be given by $x \mapsto x^2$."
    assert displayed(checked(setting, "f'(x) &= 2x")) == ["unreadable"]


B = r"and $b, t \in \mathbb{R}$, $s \in \{-1, +1\}$."
LONGER = (
    (r"Let $x, w \in \mathbb{R}^d$ @ The hinge loss is $L = \max(0, 1 - s(w^\top x + b))$.", r"L &\ge 0"),
    (
        r"Let $x, w \in \mathbb{R}^d$ @ We minimise $J(x) = \|x - w\|^2$ over $x \in \mathbb{R}^d$.",
        r"\nabla J(x) &= 2(x - w)",
    ),
    (
        r"Let $S \in \mathbb{R}^{d \times d}$ be symmetric and $w \in \mathbb{R}^d$. "
        r"The Lagrangian is $\mathcal{L}(w, \lambda) = w^\top S w - \lambda(w^\top w - 1)$ with $\lambda \in \mathbb{R}$.",
        r"\frac{\partial \mathcal{L}}{\partial \lambda} &= 1 - w^\top w",
    ),
    (
        r"Consider the recurrent network $h = \tanh(Wx)$ with loss $L = h^\top h$, where $x \in \mathbb{R}^d$, "
        r"$W \in \mathbb{R}^{m \times d}$.",
        r"\frac{\partial L}{\partial h} &= 2h",
    ),
    (
        r"For a temperature $\tau > 0$ and $z \in \mathbb{R}^K$ let $q_k = z_k/\tau$.",
        r"\sum_k q_k &= \frac{1}{\tau}\sum_k z_k",
    ),
    (
        r"Let $x_i \in \mathbb{R}^d$ with labels $y_i \in \{0,1\}$, $i = 1, \dots, n$. Let $p_i = \sigma(w^\top x_i)$ with "
        r"$w \in \mathbb{R}^d$. The negative log-likelihood is "
        r"\[ L(w) = -\sum_{i=1}^n [y_i \log p_i + (1-y_i)\log(1-p_i)]. \]",
        r"\nabla_w L &= \sum_{i=1}^n (p_i - y_i) x_i",
    ),
    (r"Let $x, w \in \mathbb{R}^d$ and \[ J = \|x - w\|^2. \]", r"\frac{\partial J}{\partial x} &= 2(x - w)"),
)


@pytest.mark.parametrize(("said", "row"), LONGER)
def test_longer_sentences_define_what_they_introduce(said: str, row: str) -> None:
    assert displayed(checked(said.replace("@", B), row))[-1] == "ok"
    assert displayed(checked(said.replace("@", B), f"{row} + 1"))[-1] != "ok"


OF_NO_DEFINITION = """The usual mistake is @.|The condition is @.|The rejected model is @.|The old loss was @.|The optimum is @.|The claim is @.
For $t > 0$ let @.|For the input $t > 0$, let @.|For the weight $t = 2$, let @.|We minimise @ over $t = 2$.|For some $t \\in \\mathbb{R}$ let @.|We want to minimise @ over $t > 0$.|The converse is @.|Our goal is @."""


@pytest.mark.parametrize("said", [said for line in OF_NO_DEFINITION.split("\n") for said in line.split("|")])
def test_nouns_of_what_is_only_proposed_define_nothing(said: str) -> None:
    assert displayed(checked(f"{GIVEN} {said.replace('@', '$z = Wx$')}", "z &= Wx"))[-1] == "unreadable"


def test_a_name_that_the_text_gives_a_value_without_defining_it_is_told() -> None:
    (row,) = refused(checked(f"{GIVEN} The usual choice is $z = Wx$.", "z &= Wx"))
    assert "in words that define nothing" in row.message
