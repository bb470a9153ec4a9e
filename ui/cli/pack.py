"""`zhanggui pack`: begin a domain pack, find its mistakes, list those that are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.output import AsJson, show

if TYPE_CHECKING:
    from core.packs.pack import Pack

app = typer.Typer(name="pack", help="Domain packs: a business as a folder of YAML and Markdown.", no_args_is_help=True)

_PLACED = re.compile(r"(?P<file>.+?):(?P<line>\d+)(?:, [^:]+)?: (?P<message>.*)", re.DOTALL)


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="What it is called: small letters, digits and _.")],
    path: Annotated[Path, typer.Option("--path", metavar="DIR", help="Where its folder is made.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a small working pack into the folder DIR/NAME, to go on from there."""
    from core.packs.folder import new_pack

    folder = path / name
    files = new_pack(name, folder)
    told = f"wrote {len(files)} files to {folder}\n  zhanggui pack check {folder}\n  zhanggui chat --pack {folder}"
    show({"pack": name, "folder": str(folder), "files": [str(file) for file in files]}, told, as_json=as_json)


@app.command("check")
def check(
    pack: Annotated[str, typer.Argument(help="The name of a built-in pack, or a pack's folder.")],
    as_json: AsJson = False,
) -> None:
    """Find all mistakes of a pack at once, each with file and line. Exit code 1 when there are any."""
    from core.packs.load import folder_of, read_pack

    folder = folder_of(pack)
    read, mistakes = read_pack(folder)
    if read is not None:
        mistakes += [*_strays(read), *_cases(folder)]
    report = {
        "pack": read.name if read else pack,
        "folder": str(folder),
        "ok": not mistakes,
        **(_counts(read) if read else {}),
        "mistakes": [_parted(mistake) for mistake in mistakes],
    }
    told = "\n".join(mistakes) + f"\n{len(mistakes)} mistake(s)" if mistakes else _summary(read)
    show(report, told, as_json=as_json)
    if mistakes:
        raise typer.Exit(1)


@app.command("list")
def list_packs(as_json: AsJson = False) -> None:
    """List the packs that come with the engine."""
    from core.packs.load import read_pack
    from core.packs.pack import BUILT_IN, built_in

    packs = [read for name in built_in() if (read := read_pack(BUILT_IN / name)[0])]
    rows = [
        {"name": one.name, "title": dict(one.titles), "languages": list(one.languages), **_counts(one)} for one in packs
    ]
    show({"packs": rows}, "\n".join(_summary(one) for one in packs), as_json=as_json)


def _strays(pack: Pack) -> list[str]:
    from core.packs.folder import strays

    return strays(pack.folder, pack.languages)


def _cases(folder: Path) -> list[str]:
    """Return what is wrong with the conversations in tests/, file by file."""
    from core.errors import ConfigError
    from learning.evaluation.cases import read_cases

    mistakes = []
    for file in sorted((folder / "tests").glob("*.*")):
        try:
            read_cases([file])
        except ConfigError as error:
            mistakes.append(str(error))
    return mistakes


def _counts(pack: Pack) -> dict[str, object]:
    return {
        "needs": sorted(pack.needs),
        "flows": len(pack.flows),
        "intents": len(pack.intents),
        "sentences": sum(len(own) for intent in pack.intents for own in intent.sentences.values()),
        "rules": sum(len(group) for group in pack.rules.values()),
        "pages": len(pack.pages),
    }


def _summary(pack: Pack | None) -> str:
    if pack is None:
        return ""
    counts = _counts(pack)
    parts = ", ".join(f"{counts[key]} {key}" for key in ("flows", "intents", "sentences", "rules", "pages"))
    needs = f", needs {' and '.join(sorted(pack.needs))}" if pack.needs else ""
    return f"{pack.name}: {' / '.join(pack.titles.values())} ({', '.join(pack.languages)}): {parts}{needs}"


def _parted(mistake: str) -> dict[str, object]:
    found = _PLACED.fullmatch(mistake)
    if found is None:
        return {"file": "", "line": 1, "message": mistake}
    return {"file": found["file"], "line": int(found["line"]), "message": found["message"]}
