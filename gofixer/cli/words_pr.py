"""The options of `gofixer pr`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gofixer.errors import UserError


def check_word(option: str, word: str, known: tuple[str, ...]) -> None:
    """Raise `UserError` for a word that an option does not have."""
    if word not in known:
        raise UserError(f"{option} {word}: choose {' or '.join(known)}")


def pr(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders or package patterns [default: ./...]")
    ] = None,
    split: Annotated[
        str,
        typer.Option(metavar="[transform|family|package|module|codeowners]", help="What each pull request is about."),
    ] = "transform",
    base: Annotated[
        str, typer.Option(metavar="BRANCH", help="Branch to merge into [default: the remote's default branch]")
    ] = "",
    branch_prefix: Annotated[str, typer.Option(metavar="TEXT", help="Start of the names of branches.")] = "gofixer/",
    draft: Annotated[bool, typer.Option("--draft", help="Open drafts.")] = False,
    label: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Label of new requests; repeatable.")] = None,
    reviewer: Annotated[
        list[str] | None, typer.Option(metavar="USER", help="Reviewer of new requests, or ORG/TEAM; repeatable.")
    ] = None,
    assignee: Annotated[
        list[str] | None, typer.Option(metavar="USER", help="Assignee of new requests; repeatable.")
    ] = None,
    max_open: Annotated[int, typer.Option(min=1, metavar="N", help="Have at most so many requests open.")] = 10,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Push and open nothing; print the plan, the commits and the bodies.")
    ] = False,
    remote: Annotated[str, typer.Option(metavar="NAME", help="The remote of the forge.")] = "origin",
    forge: Annotated[
        str, typer.Option(metavar="[github|gitlab|gitea]", help="Kind of forge [default: by the remote's host]")
    ] = "",
    api_url: Annotated[
        str,
        typer.Option(metavar="URL", help="Its API; says, too, that the token variables are for this host."),
    ] = "",
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Only these transforms, families or `all`; lifts their gates."),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="NAMES", help="Not these transforms or families.")] = None,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Also fixes that change behaviour as documented.")] = False,
    verify: Annotated[
        str, typer.Option(metavar="[vet|test]", help="How far to prove; `test` runs tests, too.")
    ] = "vet",
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration file [default: gofixer.toml]")
    ] = None,
    transforms: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also the Python transforms of a folder.")
    ] = None,
    profile: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A pprof profile: ranks findings, opens the gates of what is hot."),
    ] = None,
    min_share: Annotated[
        float | None, typer.Option(metavar="PERCENT", help="Only what has this much of the profile.")
    ] = None,
    go: Annotated[Path | None, typer.Option(metavar="FILE", help="The Go toolchain to use.")] = None,
    jobs: Annotated[int, typer.Option(min=0, metavar="N", help="Worker processes; 0 means one per core.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and notes.")] = False,
) -> int:
    """Open pull requests with the fixes, or update those that are open; your working tree is not touched."""
    from gofixer.vcs.forges import Extras, Kind
    from gofixer.vcs.units import Split

    check_word("--split", split, tuple(Split))
    check_word("--verify", verify, ("vet", "test"))
    if forge:
        check_word("--forge", forge, tuple(Kind))
    from gofixer.cli.pr import PrOptions, pr_command
    from gofixer.vcs.run import Options as Asked

    asked = Asked(
        cwd=Path.cwd(),
        paths=tuple(paths or ()),
        split=Split(split),
        base=base,
        prefix=branch_prefix,
        remote=remote,
        forge=forge,
        api_url=api_url,
        draft=draft,
        extras=Extras(tuple(label or ()), tuple(reviewer or ()), tuple(assignee or ())),
        most_open=max_open,
        dry_run=dry_run,
    )
    return pr_command(
        PrOptions(
            asked=asked,
            select=tuple(select or ()),
            ignore=tuple(ignore or ()),
            unsafe=unsafe,
            verify=verify,
            config=config,
            transforms=transforms,
            profiles=tuple(profile or ()),
            min_share=min_share,
            go=go,
            jobs=jobs,
            quiet=quiet,
        )
    )
