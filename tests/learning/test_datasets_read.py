"""Labelled texts from the forms that public sets come in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import ConfigError
from learning.datasets import OUT_OF_SCOPE, LabelledText, read_pairs, read_texts

ROWS = (
    LabelledText(text="where is it", labels=("status",)),
    LabelledText(text="send it back, please", labels=("return", "refund")),
    LabelledText(text="sing a song", labels=(OUT_OF_SCOPE,)),
)
LINES = 'where is it,status\n"send it back, please",return|refund\nsing a song,NO_NODES_DETECTED\n'


def written(folder: Path, name: str, data: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


@pytest.mark.parametrize("head", ["text,label", "Sentence,labels", "query,intent", "utterance,category"])
def test_a_csv_is_read_by_any_of_the_usual_column_names(tmp_path: Path, head: str) -> None:
    assert read_texts(written(tmp_path, "a.csv", f"{head}\n{LINES}")) == ROWS


def test_tabs_leave_quotes_and_commas_alone(tmp_path: Path) -> None:
    file = written(tmp_path, "a.tsv", 'text\tlabel\n5" nails, please\ta\n"quoted ""so"""\tb\n\n')
    assert [row.text for row in read_texts(file)] == ['5" nails, please', 'quoted "so"']


def test_json_rows_json_lines_pairs_and_columns_say_the_same(tmp_path: Path) -> None:
    rows = [{"text": row.text, "labels": list(row.labels)} for row in ROWS]
    assert read_texts(written(tmp_path, "a.json", json.dumps(rows))) == ROWS
    assert read_texts(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))) == ROWS
    assert read_texts(written(tmp_path, "b.json", json.dumps([[r["text"], r["labels"]] for r in rows]))) == ROWS
    columns = {"text": [row.text for row in ROWS], "label": ["status", "return|refund", "oos"]}
    assert read_texts(written(tmp_path, "c.json", json.dumps(columns))) == ROWS


def test_lists_of_one_json_object_are_chosen_by_name(tmp_path: Path) -> None:
    file = written(tmp_path, "a.json", json.dumps({"train": [["a", "x"]], "oos_train": [["b", "oos"]], "val": []}))
    assert [row.text for row in read_texts(file, split="train,oos_train")] == ["a", "b"]
    with pytest.raises(ConfigError, match="name one as the split: train, oos_train, val"):
        read_texts(file)
    with pytest.raises(ConfigError, match="has no test; it holds several lists"):
        read_texts(file, split="test")


def test_a_folder_with_seq_in_and_label_is_a_set(tmp_path: Path) -> None:
    written(tmp_path, "seq.in", "one\ntwo\n")
    written(tmp_path, "label", "a\nb\n")
    assert [(row.text, row.labels) for row in read_texts(tmp_path)] == [("one", ("a",)), ("two", ("b",))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_tables_are_read_in_their_own_encodings(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, "a.csv", "cat,label,review\n衣服,1,质量很好，很满意\n".encode(encoding))
    assert read_texts(file) == (LabelledText(text="质量很好，很满意", labels=("1",)),)


def test_pairs_come_with_or_without_names(tmp_path: Path) -> None:
    bare = read_pairs(written(tmp_path, "a.txt", "怎么退货\t如何退货\t1\n怎么退货\t几点开门\t0\n"))
    named = read_pairs(written(tmp_path, "a.jsonl", '{"sentence1": "怎么退货", "sentence2": "如何退货", "label": "1"}'))
    assert [pair.same for pair in bare] == [True, False] and named == bare[:1]


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        ("a.csv", "words,label\nx,y\n", r"needs a text column \(text, .*it has: label, words"),
        ("a.csv", "text,mood\nx,y\n", r"needs a label column .*it has: mood, text"),
        ("a.csv", "", "holds no rows"),
        ("a.csv", "text,label\n", "holds no rows"),
        ("a.csv", "text,label\nx,y\nz,\n", "1 rows have no label, the first is row 2"),
        ("a.csv", "text,label\nx\n", "line 2: fewer cells than the 2 columns"),
        ("a.csv", b"\xff\xff\xff text,label", "neither in UTF-8 nor in GB18030"),
        ("a.json", "[1, 2", "neither JSON"),
        ("a.json", "[1, 2]", "row 1: neither an object nor a pair"),
        ("a.json", '{"text": ["a"], "label": ["x", "y"]}', "not of one length"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, name: str, data: str | bytes, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        read_texts(written(tmp_path, name, data))


def test_files_that_are_not_there_and_odd_pairs_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.csv cannot be read"):
        read_texts(tmp_path / "gone.csv")
    with pytest.raises(ConfigError, match="without seq.in and label"):
        read_texts(tmp_path)
    with pytest.raises(ConfigError, match="the label of a pair is 1 or 0, not 'maybe'"):
        read_pairs(written(tmp_path, "a.tsv", "text1\ttext2\tlabel\na\tb\tmaybe\n"))
    with pytest.raises(ConfigError, match="needs columns sentence1 and sentence2; it has: a, label"):
        read_pairs(written(tmp_path, "b.csv", "a,label\nx,1\n"))


def test_rows_without_words_are_kept_for_scoring(tmp_path: Path) -> None:
    assert [row.text for row in read_texts(written(tmp_path, "a.csv", "text,label\n,x\n \t,y\nz,x\n"))] == ["", "", "z"]
