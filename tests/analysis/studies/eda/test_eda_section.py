"""Part A's section in worlds whose story differs: it renders, and each claim's branches are all printed somewhere."""

import re
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from analysis.compute.progress import silent
from analysis.results.types import replicated
from analysis.settings.schema import Settings
from analysis.studies.eda import preparations, study
from analysis.studies.eda.record import EdaRecord
from analysis.study_interface import Inputs
from report_src.numbers.values import Ledger, wrap
from report_src.rendering.context import settings_tree
from report_src.rendering.engine import TEMPLATES, environment, render_text
from tests.analysis import tables

SECTION = "sections/02_eda.tex.j2"
ENGINE = environment()  # keeps the templates that it has compiled


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, EdaRecord]:
    folder = tmp_path_factory.mktemp("eda")
    settings = tables.course(folder, row_limit=300, boosting_rounds=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_WORKERS", "1")
        patch.setattr(preparations, "TRIAL_ITERATIONS", 10)
        record = study.run(settings, Inputs(folder), silent).record
    assert isinstance(record, EdaRecord)
    return settings, record


def rendered(settings: Settings, record: EdaRecord) -> tuple[str, set[tuple[str, int]]]:
    """Return the section's text and (claim, branch) of every claim."""
    engine = ENGINE
    engine.claims, engine.ledger = [], Ledger()
    context: dict[str, Any] = {
        "eda": wrap(msgspec.to_builtins(record), "eda", engine.ledger),
        "settings": wrap(settings_tree(settings), "settings", engine.ledger),
    }
    text = render_text(engine, SECTION, context)
    return text, {(claim.id, claim.branch) for claim in engine.claims}


def plain(text: str) -> str:
    r"""Return what a reader reads, about: \result, \answer and \texttt taken off."""
    text = re.sub(r"\\result\{[^}]*\}", "", text).replace(r"\allowbreak{}", "")
    return re.sub(r"\\texttt|\\_|[{}$\\]", lambda m: "_" if m[0] == r"\_" else "", text)


def changed(record: EdaRecord, **parts: dict[str, Any]) -> EdaRecord:
    """Return the record with some fields of its parts replaced: `changed(record, gaps={"cells": 0})`."""
    return replace(record, **{part: replace(getattr(record, part), **fields) for part, fields in parts.items()})


def trials_with(record: EdaRecord, differences: tuple[float, ...]) -> EdaRecord:
    """Return the record with every alternative's paired differences replaced."""
    chosen, *others = record.trials.by_preparation
    others = [replace(trial, minus_chosen=replicated(differences)) for trial in others]
    return changed(record, trials={"by_preparation": (chosen, *others)})


def trials_ahead(record: EdaRecord, *names: str) -> EdaRecord:
    """Return a record in which one preparation is ahead of the chosen one and all others are behind it."""
    ahead, behind = replicated((0.05, 0.06, 0.055)), replicated((-0.05, -0.06, -0.055))
    chosen, *others = record.trials.by_preparation
    others = [replace(trial, minus_chosen=ahead if trial.name in names else behind) for trial in others]
    return changed(record, trials={"by_preparation": (chosen, *others)})


SCALINGS = ("without_log", "min_max", "min_max_tailed", "min_max_tailed_without_log", "min_max_leading")


def trials_without(record: EdaRecord, *names: str) -> dict[str, Any]:
    """Return the trials that are left without the named preparations."""
    return {"by_preparation": tuple(trial for trial in record.trials.by_preparation if trial.name not in names)}


def complete(record: EdaRecord) -> EdaRecord:
    """Return the record of a table without gaps and twins."""
    by_feature = tuple(
        replace(g, rows=0, share=0.0, verdict="complete", significant=(), strongest=None, on_target=None)
        for g in record.gaps.by_feature
    )
    gaps = {
        "by_feature": by_feature, "features": 0, "cells": 0, "cell_share": 0.0, "incomplete_rows": 0,
        "incomplete_share": 0.0, "mar": (), "mcar_compatible": (),
    }  # fmt: skip
    return changed(
        record,
        gaps=gaps,
        trials=trials_without(record, "indicator", "complete_rows", "by_category", "iterative"),
        table={"whole_with_gaps": (), "duplicate_rows": 0},
        accuracies={"twins": 0},
    )


def worlds(record: EdaRecord) -> dict[str, EdaRecord]:
    """Return records whose story differs."""
    pair, numerical, skewed = (
        record.correlations.pairs[0],
        record.features.leading_numerical,
        record.features.most_skewed,
    )
    evidence, leading, all_features = record.evidence, record.evidence.leading, record.accuracies.all_features
    assert numerical is not None
    assert skewed is not None
    some = changed(
        record,
        table={"duplicate_rows": 4},
        accuracies={"twins": 2},
        gaps={"depending_on_target": ("amenity_score",)},
    )
    narrow = replace(numerical, interval_share=0.4, validation_outside=0.0)
    quiet = replace(leading, entropy_share=0.1, suspect=False)
    strong = replace(leading, entropy_share=0.8)
    return {
        "twins flatter": changed(some, accuracies={"without_twins": max(0.0, all_features - 0.2)}),
        "twins do not flatter": changed(some, accuracies={"all_features": 0.5, "without_twins": 0.9}),
        "twins change nothing": changed(some, accuracies={"without_twins": all_features}),
        "every row has a twin": changed(some, accuracies={"twins": record.validation_rows, "twin_share": 1.0}),
        "five rows without a twin": changed(
            some, accuracies={"twins": record.validation_rows - 5, "twin_share": 0.9, "without_twins": 0.0}
        ),
        "no gap": complete(record),
        "gaps beside the target": changed(record, gaps={"depending_on_target": ()}),
        "alternatives ahead": trials_with(record, (0.05, 0.06, 0.055)),
        "one scaling ahead": trials_ahead(record, "min_max_tailed"),
        "two scalings ahead": trials_ahead(record, "min_max_tailed", "min_max_tailed_without_log"),
        "alternatives behind": trials_with(record, (-0.05, -0.06, -0.055)),
        "alternatives within seeds": trials_with(record, (-0.05, 0.06, 0.0)),
        "imbalanced": changed(record, classes={"imbalance_ratio": 8.0}),
        "uneven": changed(record, classes={"imbalance_ratio": 2.0}),
        "balanced": changed(record, classes={"imbalance_ratio": 1.0}),
        "nothing influential": changed(record, evidence={"influential": (), "suspects": (), "leading": quiet}),
        "one influential": changed(record, evidence={"influential": (leading.name,)}),
        "all influential": changed(record, evidence={"influential": evidence.ranking}),
        "narrow intervals": changed(record, features={"leading_numerical": narrow}),
        "narrow with exceptions": changed(
            record, features={"leading_numerical": replace(narrow, validation_outside=0.1)}
        ),
        "intervals apart": changed(record, features={"leading_numerical": replace(narrow, in_one_interval=1.0)}),
        "wide intervals": changed(record, features={"leading_numerical": replace(numerical, interval_share=1.0)}),
        "a high pair": changed(record, correlations={"high_pairs": (replace(pair, pearson=0.9),)}),
        "two suspects": changed(record, evidence={"suspects": evidence.ranking[:2]}),
        "no suspect in an easy table": changed(record, evidence={"suspects": (), "leading": strong}),
        "no numerical feature": changed(
            record,
            features={"numerical": (), "leading_numerical": None, "most_skewed": None, "logarithmic": ()},
            table={"numerical_features": 0},
            correlations={"pairs": (), "strongest_pair": None, "strongest": 0.0, "high_pairs": ()},
            trials=trials_without(record, *SCALINGS),
        ),
        "no categorical feature": changed(
            record,
            features={"categorical": ()},
            table={"categorical_features": 0},
            correlations={"categorical_pairs": ()},
            trials=trials_without(record, "ordinal_codes"),
        ),
        "one feature": changed(record, evidence={"runner_up": None, "suspects": ()}),
        "no tail": changed(
            record,
            features={
                "most_skewed": replace(skewed, skewness_before=0.3),
                "largest_z_after": record.features.largest_z_before,
            },
        ),
        "too few complete rows": changed(record, trials=trials_without(record, "complete_rows")),
    }


@pytest.fixture(scope="module")
def pages(base: tuple[Settings, EdaRecord]) -> dict[str, tuple[str, set[tuple[str, int]]]]:
    """The section in every world: name -> its text and (claim, branch) of every claim."""
    settings, record = base
    return {name: rendered(settings, world) for name, world in worlds(record).items()}


def test_every_branch_of_every_claim_is_printed_in_some_world(pages: dict[str, Any]) -> None:
    printed: set[tuple[str, int]] = set().union(*(claims for _, claims in pages.values()))
    source = (TEMPLATES / SECTION).read_text(encoding="utf-8")
    branches = set()
    for match in re.finditer(r'\\BLOCK\{claim "([^"]+)".*?\\BLOCK\{endclaim\}', source, re.DOTALL):
        branches |= {(match[1], number) for number in range(match[0].count(r"\BLOCK{otherwise") + 1)}
    assert len(branches) > 30
    assert branches - printed == set()


def test_each_requirement_of_part_a_is_marked_once_in_every_world(pages: dict[str, Any]) -> None:
    for name, (text, _) in pages.items():
        marked = [
            identity for group in re.findall(r"\\answer(?:ed)?\{([A-Z0-9,]+)\}", text) for identity in group.split(",")
        ]
        assert sorted(marked, key=lambda i: int(i[1:])) == [f"A{i}" for i in range(1, 19)], name


def test_where_no_feature_is_suspect_none_is_called_so(pages: dict[str, Any]) -> None:
    for name in ("nothing influential", "no suspect in an easy table", "one feature"):
        text = plain(pages[name][0])
        assert "suspiciously dominant" not in text


def test_the_suspects_are_named_by_the_record_alone(base: tuple[Settings, EdaRecord]) -> None:
    settings, record = base
    other = changed(record, evidence={"suspects": ("room_type",)})
    assert "By this rule room type is suspiciously dominant" in plain(rendered(settings, other)[0])
    source = (TEMPLATES / SECTION).read_text(encoding="utf-8")
    assert not [name for name in (*settings.table.features, *settings.table.classes) if name in source]


def test_a_table_without_gaps_is_said_to_have_none(base: tuple[Settings, EdaRecord]) -> None:
    settings, record = base
    text = plain(rendered(settings, complete(record))[0])
    assert "No feature has a missing value." in text
    assert "MAR" not in text
    assert "Marking the gaps" not in text


def test_a_balanced_target_is_not_called_imbalanced(pages: dict[str, Any]) -> None:
    text = plain(pages["balanced"][0])
    assert "They are balanced" in text
    assert "imbalanced" not in text


def test_no_line_of_the_section_is_left_with_a_macro_that_is_printed(pages: dict[str, Any]) -> None:
    for text, _ in pages.values():
        assert "textbackslash" not in text
        assert "None" not in text
