r"""What words say of vectors, matrices and numbers: the properties they assume, and the sets they declare names in."""

from report_src.derivations.words.grammar import Grammar

# what every matrix is that is drawn, or what its declaration says
DRAWN = r"(?:invertible|non-?singular|real|square|full[ -]rank|of full (?:column |row )?rank)"
# what a word says of a matrix or a vector; § stands for its name
ORTHOGONAL = r"§^\top § = I"  # of a matrix; of two vectors that their product is 0
PROPERTIES = {
    r"(?:skew-symmetric|antisymmetric)": r"§ = -§^\top",
    r"orthogonal projections?": r"§ = §^\top §",
    r"(?:orthogonal|orthonormal)": ORTHOGONAL,
    r"(?:symmetric )?positive[ -]definite": r"§ \succ 0",
    r"(?:symmetric )?positive[ -]semi-?definite": r"§ \succeq 0",
    r"(?:symmetric|self-adjoint)": r"§ = §^\top",
    r"(?:unit vectors?|of unit (?:length|norm)|of (?:length|norm) (?:one|1|\$1\$)|normali[sz]ed)": (
        r"\lVert § \rVert = 1"
    ),
    r"(?:idempotent|projections?|projectors?)": r"§ § = §",
    r"involutory": r"§ § = I",
    r"diagonal": r"§ = I \odot §",
    r"singular": r"\det § = 0",
    DRAWN: "",
}
# what a vector or a matrix has
HAD = {
    r"orthonormal columns": r"§^\top § = I",
    r"orthonormal rows": r"§ §^\top = I",
    r"(?:strictly )?positive (?:entries|components|elements)": r"§ > 0",
    r"non-?negative (?:entries|components|elements)": r"§ \ge 0",
    r"unit (?:length|norm)": r"\lVert § \rVert = 1",
    r"(?:norm|length) (?:one|1|\$1\$)": r"\lVert § \rVert = 1",
}
ANY_HAD = rf"(?:{'|'.join(HAD)})"
STATED = [*PROPERTIES.values(), *HAD.values()]  # by the number of the group that matches
PROPERTY = Grammar("|".join(f"(?P<p{number}>{words})" for number, words in enumerate(PROPERTIES)))
HAS = Grammar("|".join(f"(?P<p{number}>{words})" for number, words in enumerate(HAD, len(PROPERTIES))))
ANY_PROPERTY = rf"(?:{'|'.join(PROPERTIES)})"

_UNREAD = r"(?:given|fixed|arbitrary|random|constant|unknown|non-?zero|(?:upper|lower)[ -]triangular)"
_KIND = rf"(?:(?>{ANY_PROPERTY}|{_UNREAD})(?:,? and |,? ))*"
_ROLE = r"(?:(?:column|data|design|weight|feature|target|label|parameter|input|output|bias|covariance|kernel|gram)s? )*"
_ROLES = r"(?:inputs?|outputs?|weights?|features?|targets?|parameters?|bias(?:es)?|points?|scores?|logits?|embeddings?)"
_ARTICLE = r"(?:(?:both|two|an?|the|our|some|any) )*"
_IN = r"(?:in|of (?:the )?(?:size|dimensions?|length|shape)|from)"
_PLAIN = r"(?:(?:given|fixed|arbitrary|constant) )*"
_NUMBER = r"(?:real )?(?:numbers?|scalars?|constants?)"
# kinds of sets: the formula § of the words is the size, or the set; "of length §" is a size that is a letter
MATRIX, VECTOR, LETTERED, SIMPLEX = "matrix", "vector", "lettered", "simplex"
# by what the words between "be" and a comma say: the set
SETS = {
    rf"{_ARTICLE}{_PLAIN}probability vectors? {_IN} §": SIMPLEX,
    rf"{_ARTICLE}{_KIND}§ {_KIND}{_ROLE}matri(?:x|ces)": MATRIX,
    rf"{_ARTICLE}{_KIND}{_ROLE}matri(?:x|ces) {_IN} §": MATRIX,
    rf"{_ARTICLE}{_KIND}{_ROLE}(?:(?:unit )?vectors?|{_ROLES}) of (?:the )?length §": LETTERED,
    rf"{_ARTICLE}{_KIND}{_ROLE}(?:(?:unit )?vectors?|{_ROLES}) {_IN} §": VECTOR,
    rf"{_ARTICLE}{_KIND}§ ?-?(?:dimensional|vectors?)(?: {_ROLE}(?:(?:unit )?vectors?|{_ROLES}))?": VECTOR,
    rf"{_ARTICLE}{_KIND}§(?= |,|\Z)": MATRIX,
    rf"{_ARTICLE}{_PLAIN}(?:positive integers?|natural numbers?)": r"\mathbb{N}",
    rf"{_ARTICLE}{_PLAIN}positive {_NUMBER}": r"\mathbb{R}_{>0}",
    rf"{_ARTICLE}{_PLAIN}non-?negative {_NUMBER}": r"\mathbb{R}_{\ge 0}",
    rf"{_ARTICLE}{_KIND}(?:real|scalars?|real (?:numbers?|scalars?|variables?|constants?)|numbers?)": r"\mathbb{R}",
}
SET = Grammar("|".join(f"(?P<s{number}>{words})" for number, words in enumerate(SETS)))
# what every matrix that is drawn is, or what a row does without
_BESIDES = (
    r"(?: (?:with|having) (?:linearly independent|orthogonal|non-?zero) (?:columns|rows|entries)"
    r"| of (?:full|maximal) (?:(?:row|column) )?rank| of rank §)?"
)
ANY_SET = rf"(?:{'|'.join(SETS)}){_BESIDES}"
