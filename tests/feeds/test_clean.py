"""HTML to text: paragraphs stay, markup and controls go, and nothing is slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean import html_block
from feeds.clean import html_line
from ledger.clean import clean_block


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<p>One <b>bold</b> word.</p><p>Two.</p>", "One bold word.\nTwo."),
        ("line<br>break", "line\nbreak"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("x<script>alert(1)</script>y<style>p{}</style>z", "xyz"),
        ("x<!-- hidden -->y", "xy"),
        ("a < b and c > d", "a < b and c > d"),
        ("red &#27;[31mcell &#8238;x", "red cell x"),
        ("<table><tr><td>a<td>b</table>", "a\nb"),
        ("broken <a href='x", "broken"),
    ],
)
def test_what_is_seen(html: str, text: str) -> None:
    assert html_block(html) == text


def test_a_line_is_one_line() -> None:
    assert html_line("<p>One</p><p>two</p>") == "One two"


@given(st.text())
def test_any_text_gives_clean_text(html: str) -> None:
    text = html_block(html)
    assert clean_block(text) == text


def test_a_text_longer_than_a_piece_is_whole() -> None:
    words = html_line("<b>w</b> " * 3_000, limit=100_000).split()
    assert words == ["w"] * 3_000


PATTERNS = [
    *("<!--", '<a href="', "<p ", "<", "<script>", "<div>", "<b><i><a>", "<a><div>", "<b></p>"),
    *("<table><tr><td>", "&#27;", "<svg>", "<select><option>"),
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_hostile_markup_is_not_slow(pattern: str) -> None:
    start = time.process_time()
    html_block((pattern * 200_000)[:400_000])
    assert time.process_time() - start < 1.0
