"""Every format becomes sections of what a reader sees; what cannot be read says why."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from core.errors import DocumentError
from core.knowledge.imports.document import Document
from core.knowledge.imports.reading import read_document

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def docx(body: str, *, head: str = "") -> bytes:
    """Return a Word document with a body of WordprocessingML."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", _TYPES)
        parts.writestr("_rels/.rels", _RELATIONS)
        parts.writestr("word/document.xml", f'{head}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>')
    return held.getvalue()


def pdf(*lines: str) -> bytes:
    """Return a PDF of one page with lines of Latin text, or an empty page."""
    shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td {shown} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(written + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)


def told(document: Document) -> str:
    return "\n".join(" > ".join((*section.headings, section.text)) for section in document.sections)


def test_markdown_keeps_its_headings_and_tables() -> None:
    text = "# Delivery\n\nWe deliver daily.\n\n## Abroad\n\n| zone | price |\n|---|---|\n| EU | 12 |\n"
    read = read_document(text.encode(), "delivery.md")
    assert read.title == "Delivery"
    assert told(read) == "Delivery > We deliver daily.\nDelivery > Abroad > zone | price\nEU | 12"


def test_front_matter_is_for_programs() -> None:
    assert "secret" not in told(read_document(b"---\ntoken: secret\n---\n# A\n\nText.", "a.md"))


def test_a_web_page_is_read_without_menus_and_without_what_nobody_sees() -> None:
    page = """<html><head><title>Returns</title><style>.gone{display:none} .faq-answer{display:none}
      @media print {.x{display:none}}</style></head><body><nav>Home</nav><script>let a = 1</script>
      <h1>Returns</h1><p>Seven days.</p><!-- comment --><p style="display:none">inline</p><p class="gone">sheet</p>
      <p style="font-size:0">tiny</p><p style="color:#fff">white</p><p hidden>attribute</p>
      <p class="faq-answer">Unfolded by a click.</p><p class="x">On the screen.</p><p>Zero\u200b-width</p>
      <footer>Imprint</footer></body></html>"""
    text = told(read_document(page.encode(), "page.html"))
    assert "Seven days." in text and "Unfolded by a click." in text and "On the screen." in text
    assert "Zero-width" in text
    for unseen in ("Home", "let a", "comment", "inline", "sheet", "tiny", "white", "attribute", "Imprint"):
        assert unseen not in text


def test_deeply_nested_markup_is_read() -> None:
    assert "deep" in told(read_document(b"<html><body>" + b"<div>" * 3000 + b"deep", "page.html"))


def test_a_word_document_keeps_headings_and_lists() -> None:
    body = (
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>保修</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>整机保修一年。</w:t></w:r></w:p>"
    )
    assert "整机保修一年。" in told(read_document(docx(body), "warranty.docx"))


def test_a_pdf_is_read_page_by_page_and_its_broken_lines_are_joined() -> None:
    read = read_document(pdf("Parcels leave our warehouse every", "working day before four."), "shipping.pdf")
    assert read.sections[0].headings == ("p. 1",)
    assert "every working day before four." in read.sections[0].text


@pytest.mark.parametrize(
    ("header", "delimiter"), [("question,answer", ","), ("问题;答案", ";"), ("类别\t问题\t答案", "\t")]
)
def test_a_table_of_questions_is_read_whatever_its_columns_are_called(header: str, delimiter: str) -> None:
    columns = header.split(delimiter)
    row = delimiter.join({"question": "能退吗", "问题": "能退吗", "类别": "售后"}.get(one, "能。") for one in columns)
    (section,) = read_document(f"{header}\n{row}\n".encode(), "faq.csv").sections
    assert section.headings[-1] == "能退吗" and section.text == "能。"


@pytest.mark.parametrize(
    "value",
    [
        [{"question": "Can I return?", "answer": "Yes."}],
        {"Can I return?": "Yes."},
        {"version": 1, "faq": [{"问题": "Can I return?", "答案": "Yes."}]},
    ],
)
def test_json_faqs_of_three_shapes_are_read(value: object) -> None:
    (section,) = read_document(json.dumps(value).encode(), "faq.json").sections
    assert (section.headings[-1], section.text) == ("Can I return?", "Yes.")


def test_questions_in_plain_text_are_found() -> None:
    read = read_document(
        "常见问题\n\n问：能退吗\n答：签收后七天内可以。\n\nQ: Who pays?\nA: We do.".encode(), "faq.txt"
    )
    assert [section.headings for section in read.sections[1:]] == [("能退吗",), ("Who pays?",)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig", "big5"])
def test_the_encoding_is_told_by_the_bytes(encoding: str) -> None:
    text = (
        "退貨說明：商品簽收後七天之內，未使用可以退貨，運費由買家承擔。"
        if encoding == "big5"
        else "退货说明：签收后七天内可以退货。"
    )
    assert text[-6:] in told(read_document(text.encode(encoding), "rules.txt"))


def test_a_page_says_its_own_encoding() -> None:
    page = '<html><head><meta charset="gbk"></head><body><p>包邮</p></body></html>'.encode("gbk")
    assert told(read_document(page, "page.html")) == "包邮"


def test_the_same_words_in_other_markup_are_the_same_document() -> None:
    one = read_document(b"<html><body><p id='a'>Seven days.</p></body></html>", "a.html")
    two = read_document(b"<html><body><div><p>Seven   days.</p></div></body></html>", "a.html")
    assert one.sha256 == two.sha256


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.md", b"  \n", "a.md is empty"),
        ("a.txt", bytes(range(1, 32)) * 50, "binary data"),
        ("a.xyz", b"words", "files of type .xyz cannot be read"),
        ("a.pdf", b"%PDF-1.4 broken", "damaged"),
        ("a.pdf", pdf(), "run OCR"),
        ("a.docx", b"PK\x03\x04 broken", "no readable .docx"),
        ("a.docx", b"\xd0\xcf\x11\xe0 old", "no readable .docx"),
        ("a.csv", b"name,price\nmug,4\n", "it has: name, price"),
        ("a.json", b"{broken", "not valid JSON"),
        ("a.json", b"[1, 2]", "no questions found"),
        ("a.json", b"[" * 100_000, "not valid JSON"),
        ("a.html", b"<html><body><p hidden>x</p></body></html>", "no text that a reader would see"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, data: bytes, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        read_document(data, name)


def test_an_encrypted_pdf_is_refused() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Words that nobody may read here."))))
    writer.encrypt("password", algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    with pytest.raises(DocumentError, match="encrypted: remove its password"):
        read_document(held.getvalue(), "secret.pdf")


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(DocumentError, match="ZIP bomb"):
        read_document(docx("<w:p/>" + " " * 30_000_000), "bomb.docx")


def test_a_word_document_that_defines_entities_is_refused() -> None:
    with pytest.raises(DocumentError, match="defines entities"):
        read_document(docx("<w:p/>", head='<!DOCTYPE x [<!ENTITY a "aaaa">]>'), "bomb.docx")


def test_a_word_file_that_is_none_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as parts:
        parts.writestr("readme.txt", "no document")
    with pytest.raises(DocumentError, match="no word/document.xml"):
        read_document(held.getvalue(), "a.docx")
