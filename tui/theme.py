"""Our two themes: a dark and a light one, with one accent and two greys."""

from __future__ import annotations

from textual.theme import Theme

DARK = "calledit-dark"
LIGHT = "calledit-light"


def themes() -> tuple[Theme, Theme]:
    """The dark theme and the light one."""
    return (
        _theme(
            DARK,
            dark=True,
            background="#15171b",
            raised="#1d2026",
            foreground="#d8dbe0",
            muted="#969da8",
            faint="#4a505a",
            accent="#7cb7ff",
            good="#86c58b",
            bad="#ec8a86",
            warn="#dcb062",
        ),
        _theme(
            LIGHT,
            dark=False,
            background="#fbfaf7",
            raised="#efede7",
            foreground="#22252a",
            muted="#61666f",
            faint="#c2c0b9",
            accent="#0a5bc4",
            good="#23743a",
            bad="#b3312c",
            warn="#8a5a00",
        ),
    )


def _theme(
    name: str,
    *,
    dark: bool,
    background: str,
    raised: str,
    foreground: str,
    muted: str,
    faint: str,
    accent: str,
    good: str,
    bad: str,
    warn: str,
) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        background=background,
        surface=background,
        panel=raised,
        foreground=foreground,
        success=good,
        error=bad,
        warning=warn,
        variables={
            "muted": muted,
            "faint": faint,
            "good": good,
            "bad": bad,
            "warn": warn,
            "border": faint,
            "border-blurred": faint,
            "scrollbar": faint,
            "scrollbar-hover": muted,
            "scrollbar-active": accent,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
            "input-cursor-background": accent,
            "input-cursor-foreground": background,
            "input-selection-background": f"{accent} 30%",
        },
    )
