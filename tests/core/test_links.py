"""Links: which may be opened at all, and when one stops to prove something."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.links import Tried, back, gone, looked_at, may_be_opened, may_be_reached
from bot.core.proof import attached
from bot.core.readiness import effective, proven
from tests.core.scenery import LINK, NOW, ago, level, policy, said_yes

PUBLIC = [
    "93.184.216.34",
    "8.8.8.8",
    "2606:2800:220:1:248:1893:25c8:1946",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
NOT_PUBLIC = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2002:a00:1::", "2001:0:a00:1::", "2001:db8::1", "example.org", "", "1", "0x7f.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached(address: str) -> None:
    assert may_be_reached(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_other_address_may_be_reached(address: str) -> None:
    assert not may_be_reached(address)


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/report",
        "http://example.org:8080/x",
        "https://8.8.8.8/",
        "https://[2606:2800:220:1::1]/",
    ],
)
def test_a_link_into_the_internet_may_be_opened(link: str) -> None:
    assert may_be_opened(link)


@pytest.mark.parametrize(
    "link",
    [
        "ftp://example.org/x", "file:///etc/passwd", "https://", "https:///x", "http://127.0.0.1/", "http://127.1/",
        "http://0x7f.0x1/", "http://a.2130706433/", "http://[::1]/", "http://[::ffff:169.254.169.254]/latest",
        "http://localhost/", "http://wiki/", "https://wiki.corp/page", "https://files.internal/", "https://nas.local./x",
        "https://name:secret@example.org/", "http://example.org:99999/",
    ],
)  # fmt: skip
def test_a_link_to_the_inside_or_to_nowhere_is_not_opened(link: str) -> None:
    assert not may_be_opened(link)


@pytest.mark.parametrize(
    ("came", "failures"),
    [(Tried.OPENED, 0), (Tried.SHUT, 3), (Tried.UNSURE, 2), (Tried.INSIDE, 2), (Tried.SILENT, 2)],
)
def test_only_what_says_something_about_the_link_counts(came: Tried, failures: int) -> None:
    found = looked_at(level("gov.audit", 3, link=LINK, link_failures=2), came, NOW)
    assert (found.link_failures, found.link_checked_at) == (failures, NOW)


def test_a_link_that_did_not_open_three_times_in_a_row_is_none() -> None:
    twice = level("gov.audit", 3, link=LINK, link_failures=2)
    thrice = looked_at(twice, Tried.SHUT, NOW)
    assert effective(twice, policy(), NOW) == 3
    assert effective(thrice, policy(), NOW) == 2
    assert gone(twice, thrice)
    assert not gone(thrice, looked_at(thrice, Tried.SHUT, NOW))  # told once
    again = looked_at(thrice, Tried.OPENED, NOW)
    assert effective(again, policy(), NOW) == 3
    assert back(thrice, again)


def test_a_link_that_a_reviewer_confirmed_needs_not_open() -> None:
    dead = said_yes(level("gov.audit", 3, link=LINK, link_failures=9), "G3", ["privacy"])
    assert proven(dead, policy(), NOW)
    assert not proven(replace(dead, link_at=ago(181)), policy(), NOW)


def test_proof_given_anew_is_looked_at_anew() -> None:
    dead = level("gov.audit", 3, link=LINK, link_failures=3, link_checked_at=ago(1))
    fresh = attached(dead, "gov.audit", LINK, level=3, by=1, at=NOW)
    assert (fresh.link_failures, fresh.link_checked_at) == (0, None)
