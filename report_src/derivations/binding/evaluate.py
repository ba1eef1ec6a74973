"""The printed formula on real arrays, beside the gradients of other programs: evaluated again, without a cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from report_src.derivations.binding.table import Binding, BindingError
from report_src.derivations.checking.records import SideBySide
from report_src.derivations.reader.analyzer import read
from report_src.derivations.reader.expressions import Reader
from report_src.derivations.semantics.program import Claim, Program
from report_src.derivations.semantics.scope import Scope
from report_src.derivations.semantics.shapes import Node
from report_src.derivations.semantics.symbols import Dim, Symbol
from report_src.derivations.source.document import Derivation, derivations
from report_src.derivations.source.errors import Refusal
from report_src.derivations.source.segments import Segment
from report_src.derivations.syntax.diagnostics import Text
from report_src.derivations.syntax.names import only_items, plain_name
from report_src.derivations.syntax.parser import parse

# relative and absolute difference to a gradient that was computed by formulas: rounding of products
EXACT = (1e-9, 1e-13)
CENTRAL = (1e-6, 1e-9)  # the same for central differences: truncation h² and rounding ε·L/h with h about 1e-5
CENTRAL_NAME = "central"  # the reference with this name is a central difference

Arrays = dict[str, np.ndarray]


def bind(source: Path, binding: Binding, arrays: Path) -> SideBySide:
    """Evaluate the printed right side of the bound derivative and compare it with the references.

    `source` is the file of the derivation, `arrays` the study's .npz file. The right side is that of the
    last claim whose chain begins with the bound derivative. Raises BindingError where names, shapes or keys
    do not fit, OSError where a file is missing.
    """
    text = source.read_text(encoding="utf-8")
    name = source.name.removesuffix(".tex.j2")
    derivation = next((found for found in derivations(text) if found.name == name), None)
    if derivation is None:
        raise BindingError(f"{source}: no derivation '{name}', the name of its file and of its binding")
    with np.load(arrays, allow_pickle=False) as file:
        stored = {key: np.asarray(file[key], dtype=float) for key in file.files}
    program = read(derivation)
    claim = _bound_claim(program, binding, source)
    printed = _evaluate(program, claim, binding, stored, arrays)
    return _compare(derivation, claim, printed, binding, stored, Text(text, str(source)), arrays)


def _bound_claim(program: Program, binding: Binding, source: Path) -> Claim:
    """Return the last claim whose chain begins with the bound derivative."""
    segment = Segment(binding.derivative, [(0, 0)])
    try:
        reader = Reader(Scope(program.table, segment, {}))
        wanted = reader.single(parse(binding.derivative).sides[0])
    except Refusal as problem:
        raise BindingError(f"{source}: the bound derivative {binding.derivative}: {problem.message}") from None
    fitting = [claim for claim in program.claims if claim.sign == "=" and _same(claim.head, wanted)]
    if not fitting:
        raise BindingError(f"{source}: no claim begins with {binding.derivative}")
    return fitting[-1]


def _same(head: Node | None, wanted: Node) -> bool:
    return head is not None and head.op == wanted.op == "derivative" and head.data == wanted.data


def _symbol(program: Program, latex: str, table: str) -> Symbol:
    """Return the symbol of a name that the table spells in LaTeX."""
    try:
        items = only_items(parse(latex).sides[0].items[0])
    except (Refusal, IndexError):
        items = ()
    use = plain_name(items[0]) if len(items) == 1 else None
    found = program.table.find(use) if use is not None else None
    if found is None or found[1]:
        raise BindingError(f"{table}: the derivation declares no {latex}")
    return found[0]


def _evaluate(program: Program, claim: Claim, binding: Binding, stored: Arrays, file: Path) -> np.ndarray:
    """Return the claim's right side on the stored arrays, flat."""
    from report_src.derivations.evaluation.arithmetic import Floats  # imported where something is evaluated
    from report_src.derivations.evaluation.instances import Instance
    from report_src.derivations.evaluation.interpreter import define, value
    from report_src.derivations.evaluation.multivariate import CONCRETE
    from report_src.derivations.evaluation.symbol_values import Environment

    values: dict[Symbol, np.ndarray] = {}
    sizes: dict[Dim, int] = {}
    for latex, key in binding.values.items():
        symbol = _symbol(program, latex, str(file))
        array = np.atleast_1d(_array(stored, key, file))  # a number is 1×1, a vector a column
        array = array[:, None] if array.ndim == 1 else array
        _fit(symbol, array, sizes, file, key)
        values[symbol] = array
    functions = {}
    for latex, name in binding.functions.items():
        if name not in CONCRETE:
            raise BindingError(f"{latex} = {name!r}: known functions are {', '.join(sorted(CONCRETE))}")
        functions[_symbol(program, latex, str(file))] = CONCRETE[name]
    missing = [
        str(symbol)
        for symbol in program.table.symbols.values()
        if symbol.kind != "definition" and symbol not in values and symbol not in functions
    ]
    if missing:
        raise BindingError(f"{file}: nothing is bound to {', '.join(missing)}")
    environment = Environment(program, Instance(sizes, values, functions), Floats())
    with np.errstate(all="ignore"):
        for definition in program.definitions:
            define(environment, definition)
        result: np.ndarray = value(environment, claim.right).value.reshape(-1)
    return result


def _array(stored: Arrays, key: str, file: Path) -> np.ndarray:
    if key not in stored:
        raise BindingError(f"{file}: no array {key!r} (found: {', '.join(sorted(stored))})")
    return stored[key]


def _fit(symbol: Symbol, array: np.ndarray, sizes: dict[Dim, int], file: Path, key: str) -> None:
    """Note the sizes of a symbol's dimensions, or refuse an array of another shape."""
    dims = (*symbol.slots, *symbol.shape)
    sizes_now = [dim.root().size or sizes.get(dim.root()) for dim in dims]
    fits = array.ndim == len(dims) and all(
        known is None or known == size for known, size in zip(sizes_now, array.shape, strict=True)
    )
    if not fits:
        wanted = "×".join(str(dim) for dim in dims)
        raise BindingError(f"{file}: {symbol} is {wanted}, but {key!r} is {'×'.join(map(str, array.shape))}")
    sizes.update({dim.root(): size for dim, size in zip(dims, array.shape, strict=True)})


def _compare(
    derivation: Derivation,
    claim: Claim,
    printed: np.ndarray,
    binding: Binding,
    stored: Arrays,
    text: Text,
    file: Path,
) -> SideBySide:
    """Return formula and references side by side, with the largest differences."""
    scale = max(float(np.abs(printed).max()), np.finfo(float).tiny)
    references, differences, tolerances = {}, {}, {}
    for name, key in binding.references.items():
        reference = _array(stored, key, file).reshape(-1)
        if reference.shape != printed.shape:
            raise BindingError(f"{file}: {key!r} has {reference.size} numbers, the formula {printed.size}")
        relative, absolute = CENTRAL if name == CENTRAL_NAME else EXACT
        references[name] = tuple(map(float, reference))
        differences[name] = float(np.abs(reference - printed).max() / scale)
        tolerances[name] = float(relative + absolute / scale)
    broken = [name for name in references if not differences[name] <= tolerances[name]]
    line, _, source = text.place(claim.place.segment.locate(claim.place.start))
    message = ""
    if broken:
        worst = max(broken, key=lambda name: differences[name])
        message = (
            f"{source}:{line}: the printed formula and {worst!r} of {file} differ by "
            f"{differences[worst]:.2e} of the largest entry; expected at most {tolerances[worst]:.1e}"
        )
    return SideBySide(
        derivation=derivation.name,
        study=binding.study,
        formula=f"{binding.derivative} = {' '.join(_source(claim).split())}",
        line=line,
        printed=tuple(map(float, printed)),
        references=references,
        differences=differences,
        tolerances=tolerances,
        accepted=not broken,
        message=message,
        on=binding.on,
    )


def _source(claim: Claim) -> str:
    return claim.place.segment.text[claim.place.start : claim.place.end]
