"""`zhanggui eval intents|sentiment|entities|pairs` and `train intents` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main

KINDS = {"return": "send {} back", "status": "where is {}", "cancel": "cancel {} please", "bill": "a bill for {}"}
THINGS = ("the mug", "my kettle", "those shoes", "a lamp", "the coat", "both bags", "it", "that order")


@pytest.fixture(autouse=True)
def fake_vectors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHANGGUI_BACKENDS__SENTENCES", "fake")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    code = left.value.code
    return code if isinstance(code, int) else 0, told.out, told.err


@pytest.fixture
def table(tmp_path: Path) -> Path:
    lines = [f"{form.format(thing)}\t{kind}" for kind, form in KINDS.items() for thing in THINGS]
    file = tmp_path / "train.tsv"
    file.write_text("\n".join(["text\tlabel", *lines, "sing a song\toos", "tell me a joke\toos"]), encoding="utf-8")
    return file


def test_trained_intents_are_one_json_object_with_every_score(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = tmp_path / "test.csv"
    test.write_text("query,intent\nsend the bike back,return|refund\nwhere is the bike,status\n", encoding="utf-8")
    picture = tmp_path / "mistakes.html"
    code, out, _ = run(
        capsys, "eval", "intents", "--train", table, "--test", test, "--encoder", "fake", "--picture", picture, "--json"
    )
    scores = json.loads(out)
    assert code == 0 and scores["accuracy"] == scores["in_scope_accuracy"] == 1.0
    assert {"macro_f1", "oos_recall", "auroc", "ece", "ms_per_text", "train_s"} <= set(scores)
    assert scores["oos_recall"] is None and "return" in picture.read_text(encoding="utf-8")


def test_the_built_in_model_is_scored_on_its_own_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_text("text,label\n我要退货,return\n发票怎么开,invoice\nwho wrote Hamlet,oos\n", encoding="utf-8")
    code, out, _ = run(capsys, "eval", "intents", "--data", file)
    assert code == 0 and "in_scope_accuracy  1.0" in out


def test_labels_that_the_built_in_model_does_not_know_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("text,label\nhi,hello_there\n", encoding="utf-8")
    code, _, told = run(capsys, "eval", "intents", "--data", file)
    assert code == 2 and "knows none of the labels (hello_there" in told and "after_sales_progress" in told


def test_a_label_that_was_not_trained_counts_as_wrong_and_is_told(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = tmp_path / "test.csv"
    test.write_text("text,label\nwhere is the bike,status\nwhere is the bike,lost\n", encoding="utf-8")
    code, out, told = run(capsys, "eval", "intents", "--train", table, "--test", test, "--json")
    assert code == 0 and json.loads(out)["accuracy"] == 0.5 and "count as wrong: lost" in told


@pytest.mark.parametrize("given", [[], ["--train"], ["--data", "--train"]])
def test_either_data_or_both_others_are_needed(
    table: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [part for name in given for part in (name, str(table))]
    code, _, told = run(capsys, "eval", "intents", *arguments)
    assert code == 2 and "either --data F" in told


def test_a_wrong_column_is_an_object_with_the_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_text("words,label\nx,y\n", encoding="utf-8")
    code, out, _ = run(capsys, "eval", "sentiment", "--data", file, "--json")
    assert code == 2 and "it has: label, words" in json.loads(out)["error"]["message"]


def test_moods_built_in_and_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("cat,label,review\n衣服,1,很好 很满意\n衣服,0,质量很差 太失望了\n".encode("gb18030"))
    code, out, _ = run(capsys, "eval", "sentiment", "--data", file, "--json")
    assert code == 0 and json.loads(out)["accuracy"] == 1.0
    code, out, _ = run(capsys, "eval", "sentiment", "--train", file, "--test", file, "--json")
    assert code == 0 and json.loads(out)["macro_f1"] == 1.0
    file.write_text("text,label\nfine,sunny\n", encoding="utf-8")
    code, _, told = run(capsys, "eval", "sentiment", "--data", file)
    assert code == 2 and "knows no mood called sunny" in told


def test_names_built_in_and_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mail = "a@example.com"
    lines = [f"{sign} {'B' if at == 0 else 'I'}-email" for at, sign in enumerate(mail)]
    file = tmp_path / "a.txt"
    file.write_text("\n".join(["我 O", "是 O", *lines]), encoding="utf-8")
    for source in (["--data", file], ["--train", file, "--test", file]):
        code, out, _ = run(capsys, "eval", "entities", *source, "--json")
        assert code == 0 and json.loads(out)["f1"] == 1.0
    file.write_text("苹 B-BRAND\n果 I-BRAND\n", encoding="utf-8")
    code, _, told = run(capsys, "eval", "entities", "--data", file)
    assert code == 2 and "find none of brand" in told
    file.write_text("苹 O\n", encoding="utf-8")
    code, _, told = run(capsys, "eval", "entities", "--train", file, "--test", file)
    assert code == 2 and "every tag is O" in told


def test_pairs_built_in_and_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("怎么退货\t怎么退货呢\t1\n怎么退货\t几点开门\t0\n", encoding="utf-8")
    for source in (["--data", file], ["--train", file, "--test", file]):
        code, out, _ = run(capsys, "eval", "pairs", *source, "--json")
        assert code == 0 and json.loads(out)["auc"] == 1.0


def test_training_writes_the_same_weights_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("hello", "bye"):
        said = "".join(f"  - {name} {n}\n" for n in range(4))
        (tmp_path / f"{name}.yaml").write_text(f"does: chat:{name}\nzh:\n{said}en:\n{said}", encoding="utf-8")
    told = [json.loads(run(capsys, "train", "intents", "--sentences", tmp_path, "--json")[1]) for _ in range(2)]
    assert told[0]["sha256"] == told[1]["sha256"] and told[0]["sentences"] == 16
    assert (tmp_path / "weights.npz").stat().st_size == told[0]["size_bytes"]
    code, _, complaint = run(capsys, "train", "intents", "--sentences", tmp_path / "gone")
    assert code == 2 and "holds no intents" in complaint


@pytest.mark.models
def test_real_vectors_tell_real_customers_requests_apart(
    shared_data: Path, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_BACKENDS__SENTENCES", "use")
    lines = (shared_data / "intent_en/hint3/curekart_train.csv").read_text(encoding="utf-8-sig").splitlines()
    head, body = lines[0], lines[1:]
    for name, chosen in (("test", body[::4]), ("train", [line for at, line in enumerate(body) if at % 4])):
        (tmp_path / f"{name}.csv").write_text("\n".join([head, *chosen]), encoding="utf-8")
    code, out, _ = run(
        capsys, "eval", "intents", "--train", tmp_path / "train.csv", "--test", tmp_path / "test.csv", "--json"
    )
    assert code == 0 and json.loads(out)["accuracy"] > 0.8
