"""Part A's numbers on random inputs against SciPy, scikit-learn and pandas, or their definitions written out."""

import itertools
import math
from collections import Counter

import msgspec
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.mstats import mquantiles
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

from analysis.data import dataset, features
from analysis.data.dataset import Split
from analysis.network import mlp
from analysis.settings.schema import Settings
from analysis.statistics import information
from analysis.studies.eda import describe, evidence, preparations
from analysis.studies.eda import missing as eda_missing
from tests.analysis.studies.eda.worlds import TABLE, as_dataset, world
from tests.analysis.tables import plants
from tests.marks import examples

EXACT = 1e-10  # two ways to compute one sum in double precision
OF_ROOTS = 1e-7  # a root of a difference near 0
FEW = examples(40)
seeds = st.integers(0, 10**6)


shares = st.dictionaries(st.sampled_from("abcde"), st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1)


@FEW
@given(shares, st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(0, 2))
def test_evidence_is_the_rule_in_its_own_words(drawn, everything, majority, target_entropy):
    known = {name: information.Information(bits, 0.05) for name, (bits, _) in drawn.items()}
    alone = {name: accuracy for name, (_, accuracy) in drawn.items()}
    found = evidence.evidence(known, alone, everything, majority, target_entropy)
    assert [one.mutual_information for one in found] == sorted((bits for bits, _ in drawn.values()), reverse=True)
    met = set()
    for one in found:
        bits, accuracy = drawn[one.name]
        share = bits / target_entropy if target_entropy > 0 else 0
        gain = (accuracy - majority) / (everything - majority) if everything > majority else 0
        assert (one.entropy_share, one.gain_share) == (pytest.approx(share), pytest.approx(gain))
        assert one.above_zero_line == (bits > 0.05)
        assert one.influential == (share >= 0.05 and bits > 0.05)
        if share > 0.5 and gain > 0.5:
            met.add(one.name)
    rest = [bits for name, (bits, _) in drawn.items() if name not in met]
    stand_out = bool(met and rest) and min(drawn[name][0] for name in met) > 2 * max(rest)
    assert {one.name for one in found if one.suspect} == (met if stand_out else set())


@pytest.mark.parametrize(
    ("others", "named"), [((0.44,), "a"), ((0.46,), ""), ((0.7,), "a b"), ((0.7, 0.36), ""), ((0.7, 0.34), "a b")]
)
def test_suspects_stand_out_by_a_factor_of_two_from_all_that_do_not_meet_the_rule(others, named):
    """`a` tells .9 of 1 nat; what tells over .5 of it meets the rule as well, as every gain is the whole one."""
    bits = {"a": 0.9} | dict(zip("bc", others, strict=False))
    known = {name: information.Information(one, 0.0) for name, one in {**bits, "z": 0.1}.items()}
    found = evidence.evidence(known, dict.fromkeys(known, 0.9), 0.9, 0.2, 1.0)
    assert " ".join(sorted(one.name for one in found if one.suspect)) == named


# --- correlation, description ---


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("method", "reference"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)])
def test_correlations_with_ties_and_gaps_are_scipys_pair_by_pair(method, reference, seed):
    frame, _ = world(seed, 60)
    frame["c"] = frame["a"] * frame["b"]
    names = ("a", "b", "c")
    found = evidence.correlations(frame, names, method)
    pairs = evidence.numerical_pairs(frame, names, *(found, found))
    for (i, first), (j, second) in itertools.combinations(enumerate(names), 2):
        both = frame[[first, second]].dropna()
        expected = reference(both[first], both[second]).statistic
        assert found[i, j] == found[j, i] == pytest.approx(expected, abs=EXACT)
        (pair,) = [one for one in pairs if (one.first, one.second) == (first, second)]
        assert (pair.rows, pair.pearson) == (len(both), pytest.approx(expected))
    assert [abs(one.pearson) for one in pairs] == sorted((abs(one.pearson) for one in pairs), reverse=True)


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_of_one_row_nothing_correlates_and_of_two_everything_that_differs(method, rows):
    frame = pd.DataFrame({"a": [1.0, 3.0], "b": [5.0, 2.0], "c": [4.0, 4.0]})[:rows]
    found = evidence.correlations(frame, ("a", "b", "c"), method)
    assert found[0, 1] == pytest.approx(-1 if rows == 2 else 0)
    assert found[0, 2] == 0
    assert found.diagonal().tolist() == [1, 1, 1]


@pytest.mark.parametrize("seed", range(3))
def test_categorical_pairs_have_scipys_cramers_v(seed):
    frame, labels = world(seed)
    frame["grade"] = np.array(["p", "q", "r"], dtype=object)[labels]
    for pair in evidence.categorical_pairs(frame, ("kind", "place", "grade")):
        counts = pd.crosstab(frame[pair.first], frame[pair.second])
        expected = stats.contingency.association(counts.to_numpy(), method="cramer")
        assert pair.cramers_v == pytest.approx(expected, abs=OF_ROOTS)


@pytest.mark.parametrize("seed", range(4))
def test_features_are_described_as_counting_row_by_row_describes_them(seed):
    frame, labels = world(seed, 80)
    data, split = as_dataset(frame, labels), dataset.split(labels, 0.25, seed)
    encoding = features.fit(frame.iloc[split.train], TABLE)
    for column in TABLE.numerical:
        found = describe.numerical_feature(column, data, split, encoding, TABLE)
        values = frame[column.name]
        fold = values.iloc[split.train].fillna(values.iloc[split.train].median()).to_numpy()
        m2, m3 = (np.mean((fold - fold.mean()) ** power) for power in (2, 3))
        assert found.skewness_before == pytest.approx(m3 / m2**1.5)
        z = StandardScaler().fit_transform(fold[:, None])
        assert (found.largest_z_before, found.largest_z_after) == pytest.approx((np.abs(z).max(),) * 2)
        inside, alone, known, outside, of_validation = 0, 0, 0, 0, 0
        reach = np.nanmax(values) - np.nanmin(values)
        whole, part = {}, {}
        for k in range(3):
            whole[k] = [v for v, label in zip(values, labels, strict=True) if label == k and v == v]
            part[k] = [values[i] for i in split.train if labels[i] == k and values[i] == values[i]]
        for of_class, k in zip(found.classes, range(3), strict=True):
            low, median, high = mquantiles(whole[k], [0.05, 0.5, 0.95], alphap=1, betap=1)  # the usual, linear ones
            assert (of_class.lower, of_class.median, of_class.upper) == pytest.approx((low, median, high))
            assert of_class.share_of_range == pytest.approx((max(whole[k]) - min(whole[k])) / reach)
        for i, value in enumerate(values):
            if value != value:
                continue
            known += 1
            within = [k for k in range(3) if min(part[k]) <= value <= max(part[k])]
            alone += len(within) == 1
            inside += labels[i] in within
            if i in split.validation:
                of_validation += 1
                outside += labels[i] not in within
        holding = [k for k in range(3) if min(whole[k]) <= found.filling <= max(whole[k])]
        assert found.filling_class == (TABLE.classes[holding[0]] if len(holding) == 1 else None)
        without = [labels[i] for i, value in enumerate(values) if value != value]
        own = sum(label == holding[0] for label in without) if len(holding) == 1 else 0
        assert found.filled_rows == len(without)
        assert found.filled_like_own == pytest.approx(own / max(1, len(without)))
        assert found.in_one_interval == pytest.approx(alone / known)
        assert found.validation_outside == pytest.approx(outside / of_validation)
    for name in TABLE.categorical_names:
        described = describe.categorical_feature(name, data, encoding, TABLE)
        known = Counter(value for value in frame[name] if value is not None)
        joint = Counter(zip(frame[name], labels, strict=True))
        total = [sum(joint[value, k] for value in known) / sum(known.values()) for k in range(3)]
        for category in described.categories:
            own = [joint[category.name, k] / known[category.name] for k in range(3)]
            assert category.class_shares == pytest.approx(own)
            assert category.share == pytest.approx(known[category.name] / sum(known.values()))
            apart = sum(abs(p - q) for p, q in zip(own, total, strict=True)) / 2
            assert category.distance == pytest.approx(apart)


@pytest.mark.parametrize("values", [[1e9, 1e9 + 1e-6, 1e9], [0.0, 1e-200, 0.0], [1.0, 1 + 2e-16, 1.0]])
def test_a_column_that_hardly_varies_is_described_by_numbers(values):
    frame = pd.DataFrame({"a": values * 4, "b": 1.0, "kind": "x", "place": "n"})
    labels = np.arange(12) % 3
    split = Split(np.arange(12), np.arange(3))
    encoding = features.fit(frame, TABLE)
    found = describe.numerical_feature(TABLE.numerical[0], as_dataset(frame, labels), split, encoding, TABLE)
    assert found.skewness_before == pytest.approx(1 / math.sqrt(2), rel=1e-6)  # one value in three apart from the rest
    assert found.largest_z_before == pytest.approx(math.sqrt(2), rel=0.5)  # the mean itself is rounded by as much
    constant = describe.numerical_feature(TABLE.numerical[1], as_dataset(frame, labels), split, encoding, TABLE)
    assert (constant.skewness_before, constant.largest_z_before) == (0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_twins_are_found_by_comparing_every_validation_row_with_every_training_row(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.choice([1.0, 2.0, np.nan], 40), "kind": rng.choice(["x", "y"], 40)})
    labels = rng.integers(0, 2, 40)
    split = Split(np.arange(25), np.arange(25, 40))
    rows = [(repr(a), kind, label) for a, kind, label in zip(frame["a"], frame["kind"], labels, strict=True)]
    expected = [any(rows[i] == rows[j] for j in split.train) for i in split.validation]
    assert describe.validation_twins(as_dataset(frame, labels), split).tolist() == expected


@pytest.mark.parametrize("seed", range(4))
def test_boxes_are_scipys_quantiles(seed):
    frame, labels = world(seed, 90)
    found = describe.boxes(frame["a"].to_numpy(), labels, 4)
    at = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
    for k in range(3):
        own = frame["a"][labels == k].dropna()
        np.testing.assert_allclose(found[k], mquantiles(own, at, alphap=1, betap=1), atol=EXACT)
    assert np.isnan(found[3]).all()


# --- gaps ---


@pytest.mark.parametrize("seed", range(4))
def test_the_cut_that_describes_a_dependence_is_the_best_of_all_thresholds(seed):
    rng = np.random.default_rng(seed)
    values = pd.Series(rng.integers(0, 12, 200).astype(float))
    missing = rng.random(200) < np.where(values > rng.integers(2, 10), 0.3, 0.1)
    values[rng.random(200) < 0.05] = np.nan

    def excess(inside: np.ndarray) -> float:
        n, N = int(inside.sum()), len(inside)
        if not 0.01 * N <= n <= 0.99 * N:
            return -math.inf
        return (missing[inside].sum() - n * missing.mean()) / math.sqrt(n * (1 - n / N))

    at = np.unique(values.dropna())
    sides = [values.to_numpy() <= v for v in at[:-1]] + [values.to_numpy() >= v for v in at[1:]]
    best = max(map(excess, [*sides, values.isna().to_numpy()]))
    found = eda_missing.best_cut(missing, eda_missing.cuts(values, numerical=True))
    assert found is not None
    assert excess(found.inside) == pytest.approx(best)
    words = {"at_most": np.less_equal, "at_least": np.greater_equal, "equal": np.equal}
    if found.relation != "missing":
        np.testing.assert_array_equal(found.inside, words[found.relation](values.to_numpy(), float(found.value)))


@pytest.mark.parametrize("seed", range(3))
def test_the_tests_of_gaps_are_scipys_corrected_step_by_step(seed):
    frame, labels = world(seed, 3000)
    frame.loc[(labels == 2) & (np.random.default_rng(seed).random(3000) < 0.1), "a"] = np.nan
    found = eda_missing.analyse(frame, labels, TABLE, np.random.default_rng(0))
    columns = {**{name: frame[name] for name in frame}, "grade": pd.Series(labels)}

    def binned(name: str) -> list[str]:
        values = columns[name]
        if name not in ("a", "b"):
            return [str(value) for value in values]
        ascending = np.sort(values.dropna())
        edges = sorted({ascending[math.ceil(k / 10 * len(ascending) - 1e-9) - 1] for k in range(1, 10)})
        return ["gap" if v != v else str(sum(v > edge for edge in edges)) for v in values]

    tests, p_values, vs = [], [], []
    for name, other in itertools.product(frame, columns):
        if name != other:
            counts = pd.crosstab(frame[name].isna().to_numpy(), np.array(binned(other))).to_numpy()
            tests.append((name, other))
            p_values.append(stats.chi2_contingency(counts, correction=False).pvalue)
            vs.append(stats.contingency.association(counts, method="cramer"))
    smallest, corrected = 0.0, {}
    for rank, index in enumerate(np.argsort(p_values, kind="stable")):
        smallest = max(smallest, min(1.0, (len(tests) - rank) * p_values[index]))
        corrected[tests[index]] = smallest
    for gaps in found:
        assert (gaps.rows, gaps.share) == (frame[gaps.feature].isna().sum(), frame[gaps.feature].isna().mean())
        expected = [other for other in columns if corrected.get((gaps.feature, other), 1) < 0.05]
        assert set(gaps.significant) == set(expected)
        assert gaps.on_target is not None
        assert gaps.on_target.p_holm == pytest.approx(corrected[gaps.feature, "grade"], rel=1e-6)
        assert gaps.on_target.cramers_v == pytest.approx(vs[tests.index((gaps.feature, "grade"))], abs=OF_ROOTS)
    assert "grade" in found[0].significant


# --- models ---


def encoded(frame: pd.DataFrame, split: Split, number: object, text: object) -> list[np.ndarray]:
    """Return scikit-learn's inputs of both folds, fitted on the training fold, as (D, N)."""
    median, mode = SimpleImputer(strategy="median"), SimpleImputer(strategy="most_frequent", missing_values=None)
    numbers, texts = make_pipeline(median, number), make_pipeline(mode, text)
    columns = ColumnTransformer([("number", numbers, ["a", "b"]), ("text", texts, ["kind", "place"])])
    columns.fit(frame.iloc[split.train])
    return [columns.transform(frame.iloc[rows]).T for rows in (split.train, split.validation)]


@pytest.mark.parametrize(
    ("name", "number", "text"),
    [
        ("median_mode", StandardScaler(), OneHotEncoder(sparse_output=False, handle_unknown="ignore")),
        ("min_max", MinMaxScaler(), OneHotEncoder(sparse_output=False, handle_unknown="ignore")),
        ("ordinal_codes", StandardScaler(), make_pipeline(OrdinalEncoder(), StandardScaler())),
    ],
)
def test_preparations_are_scikit_learns(name, number, text):
    frame, labels = world(3)
    split = dataset.split(labels, 0.25, 1)
    made = preparations.prepare(name, frame, TABLE, split, preparations.Leading("a", "kind"))
    for ours, theirs in zip((made.train, made.validation), encoded(frame, split, number, text), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-6)  # float32 of values of order 1


def test_marked_gaps_are_scikit_learns_indicator_and_logarithms_its_function_transformer():
    frame, labels = world(4)
    frame["b"] = frame["b"] ** 2
    logarithmic = (TABLE.numerical[0], msgspec.structs.replace(TABLE.numerical[1], minimum=0, logarithmic=True))
    table, split = msgspec.structs.replace(TABLE, numerical=logarithmic), dataset.split(labels, 0.25, 1)
    made = preparations.prepare("indicator", frame, table, split, preparations.Leading("a", "kind"))
    train, validation = frame.iloc[split.train], frame.iloc[split.validation]
    marks = MissingIndicator(features="all").fit(train[["a", "b"]]).transform(validation[["a", "b"]])
    log = make_pipeline(SimpleImputer(strategy="median"), FunctionTransformer(np.log1p), StandardScaler())
    assert made.marks == 4
    np.testing.assert_array_equal(made.validation[-4:-2], marks.T)
    np.testing.assert_array_equal(made.validation[-2:], validation[["kind", "place"]].isna().to_numpy().T)
    np.testing.assert_allclose(made.validation[1], log.fit(train[["b"]]).transform(validation[["b"]])[:, 0], atol=2e-6)


def test_boosted_hits_are_those_of_scikit_learn_on_the_table_as_pandas_has_it():
    frame, labels = world(5, 400)
    split = dataset.split(labels, 0.25, 2)
    whole = frame.assign(**{name: frame[name].astype("category") for name in TABLE.categorical_names})
    inputs = preparations.boosting_inputs(frame, TABLE)
    for chosen in ((0, 1, 2, 3), (0,), (2,), (1, 3)):
        names = [TABLE.features[column] for column in chosen]
        model = HistGradientBoostingClassifier(
            max_iter=15,
            learning_rate=0.2,
            max_leaf_nodes=15,
            early_stopping=False,
            random_state=0,
            categorical_features="from_dtype",
        )
        model.fit(whole.iloc[split.train][names], labels[split.train])
        expected = model.predict(whole.iloc[split.validation][names]) == labels[split.validation]
        found = preparations.boosted_hits(inputs, labels, split, chosen, (2, 3), 15)
        np.testing.assert_array_equal(found, expected)


def test_a_trials_accuracy_is_that_of_pytorchs_descent_on_scikit_learns_inputs(tmp_path, monkeypatch):
    monkeypatch.setattr(preparations, "TRIAL_ITERATIONS", 10)  # accuracy moves: which ten of eleven are averaged shows
    frame, labels = world(6, 400)
    settings = plants(tmp_path, run="seed = 4\nhidden = [6, 5]")
    settings = Settings(**{**vars(settings), "table": TABLE})
    split = dataset.split(labels, settings.run.validation_share, settings.run.seed + 1)
    sampled = preparations.trial_split(labels, settings, 1)  # of so few rows all
    leading = preparations.Leading("a", "kind")
    found = preparations.trial("median_mode", 1, sampled, frame, labels, settings, leading)
    X, X_validation = encoded(frame, split, StandardScaler(), OneHotEncoder(sparse_output=False))
    start = mlp.initialise(np.random.default_rng([4, 1, 1]), (len(X), 6, 5, 3), mlp.RELU)
    layers = [torch.nn.Linear(len(W[0]), len(W)) for W in start[::2]]
    model = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2]).double()
    with torch.no_grad():
        for layer, W in zip(layers, start[::2], strict=True):
            layer.weight.copy_(torch.tensor(W))
            layer.bias.zero_()
    optimiser = torch.optim.SGD(model.parameters(), lr=preparations.TRIAL_LEARNING_RATE)
    course = []
    for _ in range(11):
        optimiser.zero_grad()
        answers = model(torch.tensor(X_validation.T)).argmax(dim=1).numpy()
        course.append(np.mean(answers == labels[split.validation]))
        torch.nn.functional.cross_entropy(model(torch.tensor(X.T)), torch.tensor(labels[split.train])).backward()
        optimiser.step()
    single = 1 / len(split.validation) / 10  # a row whose answer rounding turns, at one of ten iterations
    assert found["accuracy"] == pytest.approx(np.mean(course[-10:]), abs=single)
    assert abs(np.mean(course) - np.mean(course[-10:])) > 2 * single
    assert (found["inputs"], found["rows"]) == (len(X), len(split.train))


def test_a_median_that_one_class_alone_reaches_is_said_to_be_that_classes():
    frame, labels = world(0, 90)
    frame = frame.assign(a=np.where(labels == 0, 1.0, np.where(labels == 1, 5.0, 9.0)) + np.linspace(0, 1, 90))
    frame.loc[[3, 4, 5, 6], "a"] = np.nan
    split = dataset.split(labels, 0.25, 0)
    encoding = features.fit(frame.iloc[split.train], TABLE)
    found = describe.numerical_feature(TABLE.numerical[0], as_dataset(frame, labels), split, encoding, TABLE)
    (k,) = (k for k in range(3) if abs(found.filling - (1.5, 5.5, 9.5)[k]) <= 0.5)
    assert found.filling_class == TABLE.classes[k]
    assert (found.filled_rows, found.filled_like_own) == (4, pytest.approx(np.mean(labels[3:7] == k)))
