"""Cache files: a value is kept by its content and by the code that decides it."""

import pytest

from report_src.prose import blocks, lint
from report_src.rendering.bytecode_cache import TemplateCache
from report_src.system import import_graph
from report_src.system.cache_file import Memo

TEMPLATES = import_graph.ROOT / "templates"


def test_a_value_is_computed_once_a_content(tmp_path):
    asked = []
    for _ in range(2):
        memo = Memo(tmp_path / "m.json", "rules", int)
        assert memo.get("abc", lambda: asked.append("abc") or 3) == 3
        memo.save()
    assert asked == ["abc"]


def test_other_rules_forget_every_value(tmp_path):
    memo = Memo(tmp_path / "m.json", "rules", int)
    memo.get("abc", lambda: 3)
    memo.save()
    assert Memo(tmp_path / "m.json", "other rules", int).get("abc", lambda: 4) == 4
    assert Memo(tmp_path / "m.json", "rules", int).get("abc", lambda: 4) == 3


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b"x" + b, lambda b: b.replace(b"3", b"4"), lambda b: b""]
)
def test_a_damaged_file_is_ignored(tmp_path, damage):
    memo = Memo(tmp_path / "m.json", "rules", int)
    memo.get("abc", lambda: 3)
    memo.save()
    (tmp_path / "m.json").write_bytes(damage((tmp_path / "m.json").read_bytes()))
    assert Memo(tmp_path / "m.json", "rules", int).get("abc", lambda: 5) == 5


def test_a_value_that_nobody_asks_for_any_more_leaves_the_file(tmp_path):
    memo = Memo(tmp_path / "m.json", "rules", int)
    memo.get("old", lambda: 1)
    memo.save()
    memo = Memo(tmp_path / "m.json", "rules", int)
    memo.get("new", lambda: 2)
    memo.save()
    assert list(Memo(tmp_path / "m.json", "rules", int).known.values()) == [2]


@pytest.fixture
def edited(monkeypatch):
    """Return a function that makes one module of the project look edited."""
    digest = import_graph.ImportIndex.digest

    def edit(name):
        import_graph._index.cache_clear()
        path = import_graph.ROOT / name
        assert path.is_file()
        monkeypatch.setattr(
            import_graph.ImportIndex, "digest", lambda self, p: "edited" if p == path else digest(self, p)
        )

    yield edit
    import_graph._index.cache_clear()


def test_counts_of_blocks_follow_the_module_that_decides_what_a_block_is(tmp_path, monkeypatch, edited):
    """An edited `words_of` used to leave the old counts in place."""
    cache = tmp_path / "blocks.json"
    before = blocks.counts(TEMPLATES, cache)
    monkeypatch.setattr(blocks, "blocks", lambda name, source: [])
    assert blocks.counts(TEMPLATES, cache) == before
    edited("report_src/prose/lint.py")
    assert blocks.counts(TEMPLATES, cache) == (0, 0)


def test_scans_follow_the_module_that_reads_printed_numbers(tmp_path, monkeypatch, edited):
    cache = tmp_path / "scans.json"
    before = lint.scans(TEMPLATES, cache)
    monkeypatch.setattr(lint, "scan", lambda source, words: [])
    assert lint.scans(TEMPLATES, cache) == before
    edited("report_src/numbers/printed_numbers.py")
    assert not any(lint.scans(TEMPLATES, cache).values())


@pytest.mark.parametrize(
    "module", ["prose/lint.py", "rendering/claims.py", "numbers/formatting.py", "rendering/tables.py"]
)
@pytest.mark.sampled(4)
def test_compiled_templates_follow_every_module_of_the_engine(tmp_path, edited, module):
    """An edit of `words_of`, which decides the tints of a draft, used to leave old templates in place."""
    before = TemplateCache(tmp_path, "").engine
    assert TemplateCache(tmp_path, "").engine == before
    edited(f"report_src/{module}")
    assert TemplateCache(tmp_path, "").engine != before


def test_imports_are_read_again_when_the_reader_of_imports_changes(tmp_path, monkeypatch):
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "a.py").write_text("import analysis.b\n")
    (tmp_path / "analysis" / "b.py").write_text("")
    index = import_graph.ImportIndex(tmp_path, tmp_path / "i.json")
    assert "analysis/b.py" in index.closure(["analysis.a"])
    index.save()
    monkeypatch.setattr(import_graph, "imported_names", lambda *_: [])
    assert "analysis/b.py" in import_graph.ImportIndex(tmp_path, tmp_path / "i.json").closure(["analysis.a"])
    monkeypatch.setattr(import_graph, "RULES", "edited")
    assert "analysis/b.py" not in import_graph.ImportIndex(tmp_path, tmp_path / "i.json").closure(["analysis.a"])
