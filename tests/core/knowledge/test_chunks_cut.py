from __future__ import annotations

from core.knowledge.chunks import as_page, chunks, citation_of, language_of, of_document
from core.knowledge.imports.document import Document, Section
from core.shop.records import Page


def cut(text: str, *headings: str) -> list[tuple[tuple[str, ...], str]]:
    found = chunks(Document(title="T", format="text", sections=(Section(headings=headings, text=text),)))
    return [(chunk.headings, chunk.text) for chunk in found]


def test_a_short_section_stays_whole() -> None:
    assert cut("One day.\nTwo days.", "A", "B") == [(("A", "B"), "One day.\nTwo days.")]


def test_a_long_section_is_cut_between_sentences() -> None:
    pieces = [text for _, text in cut(" ".join(f"Sentence number {n} says something." for n in range(60)))]
    assert len(pieces) > 3
    assert all(len(piece) <= 480 and piece.startswith("Sentence") and piece.endswith(".") for piece in pieces)


def test_chinese_passages_are_shorter_for_their_characters_say_more() -> None:
    pieces = [text for _, text in cut("签收后七天内可以无理由退货。" * 40)]
    assert all(len(piece) <= 170 and piece.endswith("。") for piece in pieces)


def test_a_sentence_without_an_end_is_cut_all_the_same() -> None:
    assert all(len(text) <= 480 for _, text in cut("x" * 5000))


def test_a_line_that_asks_and_answers_becomes_a_question() -> None:
    found = cut("Read this first.\n1) Can it get wet? Yes, it is waterproof.\n2、能机洗吗？不能。", "FAQ")
    assert found == [
        (("FAQ",), "Read this first."),
        (("FAQ", "Can it get wet?"), "Yes, it is waterproof."),
        (("FAQ", "能机洗吗？"), "不能。"),
    ]


def test_a_passage_is_a_page_that_cites_its_document() -> None:
    (chunk,) = chunks(Document(title="手册", format="pdf", sections=(Section(headings=("保修",), text="保修一年。"),)))
    page = as_page("manual", "手册", chunk)
    assert (page.id, dict(page.titles), dict(page.bodies)) == (
        "doc:manual#1",
        {"zh": "手册 > 保修"},
        {"zh": "保修一年。"},
    )
    assert citation_of(page) == "doc:manual#1"
    assert of_document(page).id == "page:doc:manual#1"
    assert citation_of(Page(id="returns", titles={}, bodies={})) == "page:returns"


def test_the_language_is_that_of_most_letters() -> None:
    assert language_of("支持 iPhone 15 Pro Max 和 USB-C 充电") == "zh"
    assert language_of("Brand: 小米, model Redmi Note 13") == "en"
