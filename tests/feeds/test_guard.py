"""Which addresses may be asked, and which links are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.guard import address_problem
from feeds.guard import safe_link
from feeds.guard import shown_url
from feeds.guard import url_problem
from ledger.clean import clean_line

PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",  # carrier-grade NAT
    "169.254.169.254",  # cloud metadata
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",  # IPv4-compatible
    "::ffff:10.0.0.1",  # IPv4-mapped
    "::ffff:0:a00:1",  # translated
    "64:ff9b::7f00:1",  # NAT64
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",  # 6to4
    "2002:c0a8:101::",
    "2001:0:808:808:0:0:f5ff:fffe",  # Teredo: the client is 10.0.0.1
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert address_problem(address) == ""


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_others_may_not(address: str) -> None:
    assert address_problem(address)


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("ftp://x.example/", "not an http"),
        ("file:///etc/passwd", "not an http"),
        ("exec:ls", "not an http"),
        ("x.example/feed", "not an http"),
        ("http:///feed", "no host"),
        ("http://[::1/", "not an address"),
        ("http://x.example:99999/", "not an address"),
        ("http://x.example/a b", "white space"),
        ("http://x.example/\x1b[31m", "control"),
        ("http://x.example/" + "a" * 2_000, "longer"),
    ],
)
def test_urls_that_may_not_be_asked(url: str, part: str) -> None:
    assert part in url_problem(url)


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://x.example/a?b=1#c", "https://x.example/a?b=1#c"),
        (" /a\n/b ", "https://base.example/a/b"),
        ("//other.example/", "https://other.example/"),
        ("a b", "https://base.example/dir/a%20b"),
        ("https://user:secret@x.example/", "https://x.example/"),
        ("javascript:alert(1)", None),
        ("JaVa\nScript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://x.example/\u202e", None),
        ("https://x.example/\x1b]0;x\x07", None),
        ("http://[", None),
    ],
)
def test_only_links_of_the_web_are_kept(link: str, kept: str | None) -> None:
    assert safe_link(link, "https://base.example/dir/feed") == kept


@given(st.text())
def test_a_kept_link_is_clean_and_of_the_web(text: str) -> None:
    link = safe_link(text, "https://base.example/")
    assert link is None or (link.startswith(("http://", "https://")) and clean_line(link) == link)


def test_passwords_are_not_shown() -> None:
    assert shown_url("https://user:secret@x.example/feed") == "https://x.example/feed"
