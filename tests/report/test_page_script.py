"""The script of the page, run by Node.js on a page of stand-ins; where there is no Node.js, nothing is tested."""

import json
import re
import shutil
import subprocess
from importlib.resources import files

import numpy as np
import pytest

from lstmcast.report.chart import Chart, render_chart
from lstmcast.report.layers import Layer

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="there is no Node.js here")

PAGE = """
const made = () => {
  const found = new Map(), heard = {}, attributes = {};
  return {
    attributes, heard, dataset: {}, style: {}, append() {}, replaceChildren() {},
    setAttribute(key, value) { attributes[key] = value; },
    addEventListener(name, react) { heard[name] = react; },
    querySelector(name) { if (!found.has(name)) found.set(name, made()); return found.get(name); },
    querySelectorAll() { return []; },
  };
};
const figure = made(), page = made();
figure.querySelector("script[type='application/json']").textContent = JSON.stringify(DATA);
globalThis.document = {
  createElementNS: made, createElement: made, documentElement: made(), querySelector: () => page,
  querySelectorAll: (name) => (name === "figure[data-chart]" ? [figure] : []),
};
globalThis.matchMedia = made;
"""
ZOOM = """
const svg = figure.querySelector(".chart > svg");
for (let times = 0; times < TIMES; times++) svg.heard.keydown({ key: KEY, preventDefault() {} });
console.log(svg.querySelector(".plot").attributes.viewBox);
"""


def seen_after(chart, key, times):
    """Return the lowest and highest value in view after a key was pressed some times."""
    markup = str(render_chart(chart))
    data = json.loads(re.search(r"<script type=.application/json.>(.*?)</script>", markup, re.DOTALL)[1])
    script = (files("lstmcast.report") / "assets" / "page.js").read_text()
    after = ZOOM.replace("TIMES", str(times)).replace("KEY", json.dumps(key))
    program = "\n".join([PAGE.replace("DATA", json.dumps(data)), script, after])
    done = subprocess.run([NODE, "-"], input=program, capture_output=True, text=True, timeout=60, check=True)
    _, top, _, tall = map(float, done.stdout.split())
    return data["base"] - (top + tall) * data["unit"], data["base"] - top * data["unit"]


def a_chart(kind, values, **options):
    x = np.arange(len(values), dtype=float)
    labels = tuple(map(str, range(len(values))))
    layers = (Layer(kind, "load", "c0", np.array(values)),)
    return Chart("Load", "", x, labels, "step", "load", layers, zoom=True, **options)


def test_levels_stay_in_view_after_a_zoom():
    chart = a_chart("line", [5.0, 6.0] * 20, levels=(0.0, 20.0))

    assert seen_after(chart, "+", 2) == pytest.approx((-1, 21))
    assert seen_after(chart, "Escape", 1) == pytest.approx((-1, 21))


def test_bars_stand_on_zero_after_a_zoom():
    assert seen_after(a_chart("bars", [5.0, 10.0] * 20), "+", 2) == pytest.approx((-0.5, 10.5))


def test_the_middle_stays_in_view_however_often_one_zooms_in():
    assert seen_after(a_chart("line", [0.0] * 18 + [5.0, 15.0] * 2 + [0.0] * 18), "+", 9) == pytest.approx((4.5, 15.5))
