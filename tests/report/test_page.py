import base64
import hashlib
import re

import pytest

from lstmcast.report.markup import text
from lstmcast.report.page import ASSETS, Fact, Page, Section, missing, render_page

HOSTILE = "</title><script>alert(1)</script>"


def a_page(**changes):
    sections = (Section("forecast", "Forecast", text("here")), Section("data", "Data", missing("run `lstmcast train`")))
    fields = {"title": "load", "lead": "two series", "facts": (Fact("error", "5%", "better"),), "sections": sections,
              "foot": "made now"}  # fmt: skip
    return render_page(Page(**(fields | changes))).decode()


def test_a_page_asks_nothing_of_the_network():
    page = a_page()

    without_names = page.replace("http://www.w3.org/2000/svg", "")  # the name of a language, which nobody fetches
    assert "http" not in without_names.replace('http-equiv="Content-Security-Policy"', "")
    assert re.findall(r'(?:src|href)="([^#"]*)"', page) == []
    assert "@import" not in page
    assert "url(" not in page


def test_only_its_own_script_may_run():
    page = a_page()

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_the_page_has_landmarks_and_a_way_past_the_links():
    page = a_page()

    assert '<a href="#content" class="skip">' in page
    assert '<main id="content">' in page
    assert '<nav aria-label="Sections"><ul><li><a href="#forecast">Forecast</a></li>' in page
    assert '<section id="data" aria-labelledby="data-title"><h2 id="data-title">Data</h2>' in page
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_texts_from_the_data_are_text():
    page = a_page(title=HOSTILE, lead=HOSTILE, foot=HOSTILE, facts=(Fact(HOSTILE, HOSTILE, HOSTILE),))

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") == 7


@pytest.mark.parametrize("name", ["page.css", "page.js"])
def test_assets_cannot_end_the_element_they_stand_in(name):
    content = (ASSETS / name).read_text(encoding="utf-8")

    assert not re.search(r"</(style|script)", content, re.IGNORECASE)


def test_the_page_is_light_dark_and_fit_for_paper():
    style = (ASSETS / "page.css").read_text(encoding="utf-8")

    assert "@media (prefers-color-scheme: dark)" in style
    assert "@media print" in style
    assert "prefers-reduced-motion" in style
    used = set(re.findall(r"var\((--[\w-]+)\)", style))
    schemes = re.findall(r"\{([^{}]*--paper:[^{}]*)\}", style)
    assert len(schemes) == 4  # light, dark by the system, dark by choice, paper
    assert all(used <= set(re.findall(r"(--[\w-]+):", scheme)) for scheme in schemes)
