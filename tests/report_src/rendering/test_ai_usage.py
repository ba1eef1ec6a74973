"""The log of AI use: read verbatim, refused where it contradicts itself."""

import pytest

from analysis.errors import InputError
from report_src.project import ROOT
from report_src.rendering import ai_usage

ENTRY = '[[entry]]\ntool = "t"\ndate = 2026-02-10\nprompt = """a\n  b"""\noutput = "o"\nedits = "none"\n'


def written(tmp_path, text):
    path = tmp_path / "ai.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_is_read_as_it_stands(tmp_path):
    usage = ai_usage.load(written(tmp_path, 'used = "yes"\n' + ENTRY))
    assert usage.entry[0].prompt == "a\n  b"
    assert usage.entry[0].date == "2026-02-10"


def test_a_text_may_be_a_file_beside_the_log(tmp_path):
    (tmp_path / "1.txt").write_text("a ''' b\n  c", encoding="utf-8")
    log = written(tmp_path, 'used = "yes"\n' + ENTRY.replace('prompt = """a\n  b"""', 'prompt_file = "1.txt"'))
    assert ai_usage.load(log).entry[0].prompt == "a ''' b\n  c"
    assert ai_usage.files(log) == ["1.txt"]


def test_a_log_written_as_toml_is_read_as_it_was(tmp_path):
    hard = "".join(map(chr, [*range(1, 9), 9, 10, 11, 12, *range(14, 32), 34, 39, 92, 127, 0x80, 0x2028, 0x1F600]))
    usage = ai_usage.AiUsage("yes", (ai_usage.Entry("t", f"a{hard}b", '"""', "'''\\"),) * 2)
    assert ai_usage.load(written(tmp_path, ai_usage.as_toml(usage))) == usage
    assert ai_usage.load(written(tmp_path, ai_usage.as_toml(ai_usage.AiUsage("none")))) == ai_usage.AiUsage("none")


def test_the_example_is_the_one_of_the_log_that_ships():
    shipped = (ROOT / "data" / "ai_usage.toml").read_text(encoding="utf-8")
    assert all(f'"{words}"' in shipped for words in ai_usage.EXAMPLE.values())


def test_an_escape_that_was_meant_is_read(tmp_path):
    usage = ai_usage.load(written(tmp_path, 'used = "yes"\n' + ENTRY.replace('"o"', r'"one\nline\ttwo \\nabla"')))
    assert usage.entry[0].output == "one\nline\ttwo \\nabla"


def test_no_log_means_undeclared(tmp_path):
    assert ai_usage.load(None).used == "undeclared"
    assert ai_usage.load(tmp_path / "absent.toml").used == "undeclared"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('used = "none"\n' + ENTRY, r"ai\.toml:1: used: expected no \[\[entry\]\] after 'none', got 1; set used = "),
        (ENTRY, r"ai\.toml: used: expected no \[\[entry\]\] after 'undeclared', got 1; set used = "),
        ('used = "yes"\n', r"ai\.toml:1: used: expected an \[\[entry\]\] after 'yes', got none; add one"),
        ('used = "maybe"\n', r"ai\.toml:1: used: expected one of 'undeclared', 'none', 'yes', got 'maybe'; see data"),
        (
            'used = "yes"\n[[entry]]\ntool = "t"\n',
            r"ai\.toml:2: entry\[0\]\.prompt: expected a value, got none; add it",
        ),
        ('used = "yes"\nprompts = 1\n', r"ai\.toml:2: prompts: expected one of the keys used, entry, got 'prompts'"),
        (
            'used = "yes"\n' + ENTRY + 'prompt_file = "1.txt"\n',
            r"ai\.toml:9: entry\[0\]\.prompt_file: expected prompt or prompt_file, got both; take one of them out",
        ),
        (
            'used = "yes"\n[[entry]]\ntool = "t"\noutput_file = "no.txt"\n',
            r"no\.txt: expected a readable text file, got: no such file or directory; named by .*ai\.toml:4: entry",
        ),
        (
            "used = 'yes'\n[[entry]]\nprompt = '''a ''' b'''\n",
            r"ai\.toml:3:19: expected valid TOML, .*; a text that holds three quotes goes into a file of its own",
        ),
        (
            'used = "yes"\n' + ENTRY.replace('"o"', r'"the gradient \nabla f"'),
            r"ai\.toml:7: entry\[0\]\.output: .*, got \\nabla, which begins with an escape; write it between",
        ),
        ('used = "yes"\n' + ENTRY.replace('"o"', r'"of \beta"'), r"got \\beta, which begins with an escape"),
        ('used = "yes"\n' + ENTRY.replace("a\n  b", "\n  "), r"\.prompt: expected the prompt, got a blank text"),
        ('used = "yes"\n' + ENTRY.replace('"o"', '" "'), r"entry\[0\]\.output: expected the output, got a blank text"),
        (
            'used = "yes"\n' + ENTRY.replace('"t"', '"Name and version of the tool"'),
            r"entry\[0\]\.tool: expected your own words, got those of the example",
        ),
        (
            'used = "yes"\n[[entry]]\ntool = "t"\nprompt_file = "ai.toml"\noutput_file = "ai.toml"\nedits = ""\n',
            r"entry\[0\]\.output_file: expected a file of its own, got 'ai\.toml', which another text names",
        ),
        ("used = yes", r"ai\.toml:1:8: expected valid TOML, got: invalid value; put text between quotes"),
    ],
)
def test_a_wrong_log_is_refused_with_one_message(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        ai_usage.load(written(tmp_path, text))
