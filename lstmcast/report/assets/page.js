"use strict";
// Charts stand finished in the page; this adds what a finger, a mouse or the keyboard may ask of them.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const inFull = (value, digits) => value.toLocaleString("en", { maximumSignificantDigits: digits });
  const short = (value, digits) => {
    const size = Math.abs(value);
    if (size !== 0 && (size >= (digits > 4 ? 1e15 : 1e9) || size < 1e-4)) return Number(value.toPrecision(digits - 1)).toExponential();
    return inFull(value, Math.max(digits, size < 1 ? 1 : Math.floor(Math.log10(size)) + 1));
  };

  const make = (name, attributes, parent) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (parent) parent.append(node);
    return node;
  };

  // These choose and write ticks and labels by the rules of axes.py; numbers must not be longer than there is room for.
  const niceTicks = (low, high) => {
    const rough = (high - low) / 7, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 2.5, 5, 10].find((size) => size * power >= rough * (1 - 1e-9));
    const ticks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(k * step || 0);
    return ticks;
  };
  const tickNumbers = (ticks, longest) => {
    const near = 0.01 * (ticks[ticks.length - 1] - ticks[0]) / Math.max(1, ticks.length - 1);
    let numbers = ticks.map((tick) => short(tick, 4));
    for (let digits = 5; digits <= 17; digits++) {
      const told = numbers.every((one, place) => Math.abs(Number(one.replaceAll(",", "")) - ticks[place]) <= near);
      if (told && new Set(numbers.filter((one) => one !== "0").map((one) => one.includes("e+"))).size < 2) break;
      const more = ticks.map((tick) => short(tick, digits));
      if (more.some((one) => one.length > longest)) break;
      numbers = more;
    }
    return numbers;
  };
  const LETTER = 7, RIGHT = 14;
  const STEPS = [1, 2, 3, 4, 5, 6, 7, 10, 12, 14, 24, 28, 48, 52, 72, 96, 168, 336, 365, 500, 1000];
  const ROUND = [[/^\d{4}-01$|-01-01$/, 3], [/00:00(:00)?$|-01$|^0?1[./]/, 2], [/(06|12|18):00(:00)?$/, 1], [/^0$/, 2], [/^-?\d+$/, 1]];
  const roundness = (label) => (ROUND.find(([pattern]) => pattern.test(label)) || [0, 0])[1];
  const labelled = (inside, labels, width) => {
    if (!inside.length) return [];
    const widest = Math.max(...inside.map((place) => labels[place].length));
    const most = Math.max(2, Math.min(8, Math.floor(width / (widest * LETTER + 18))));
    const needed = Math.max(1, Math.ceil(inside.length / most));
    let steps = STEPS.filter((one) => needed <= one && one < 2 * needed);
    if (!steps.length) steps = [needed];
    let best = 0, found = null;
    for (const step of steps)
      for (let start = 0; start < Math.min(step, inside.length); start++) {
        const choice = inside.filter((_, index) => index % step === start);
        const mean = choice.reduce((sum, place) => sum + roundness(labels[place]), 0) / choice.length;
        if (mean > best) [best, found] = [mean, choice];
      }
    const middle = Math.floor(((inside.length - 1) % steps[0]) / 2);
    return found || inside.filter((_, index) => index % steps[0] === middle);
  };

  class Chart {
    constructor(figure) {
      this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
      this.chart = figure.querySelector(".chart");
      this.svg = figure.querySelector(".chart > svg");
      this.plot = this.svg.querySelector(".plot");
      this.say = figure.querySelector("[aria-live]");
      this.tools = figure.querySelector(".tools");
      [this.left, this.top, this.width, this.height] = this.data.box;
      this.first = this.data.view[0];
      this.last = this.data.view[1];
      this.place = null;
      this.cross = make("line", { class: "cross", y1: this.top, y2: this.top + this.height, visibility: "hidden" }, this.svg);
      this.area = make("rect", { class: "pick-area", y: this.top, height: this.height, visibility: "hidden" }, this.svg);
      this.tip = document.createElement("div");
      this.tip.className = "tip";
      this.tip.hidden = true;
      this.chart.append(this.tip);
      this.chart.scrollLeft = this.chart.scrollWidth;  // on a narrow screen the newest first
      this.listen();
    }

    listen() {
      const svg = this.svg;
      svg.addEventListener("pointermove", (event) => {
        if (this.start !== undefined) this.drag(this.at(event));
        this.show(this.nearest(this.at(event)));
      });
      svg.addEventListener("pointerleave", () => { if (this.start === undefined) this.hide(); });
      svg.addEventListener("blur", () => this.hide());
      this.chart.addEventListener("scroll", () => this.keepNumbers());
      svg.addEventListener("keydown", (event) => this.key(event));
      if (!this.data.zoom) return;
      svg.addEventListener("pointerdown", (event) => {
        if (event.pointerType === "touch" || event.button !== 0) return;
        this.start = this.at(event);
        svg.setPointerCapture(event.pointerId);
      });
      svg.addEventListener("pointerup", (event) => this.drop(this.at(event)));
      svg.addEventListener("pointercancel", () => this.drop(this.start));
      svg.addEventListener("dblclick", () => this.reset());
      this.tools.hidden = false;
      this.tools.addEventListener("click", (event) => {
        const wish = event.target.dataset.do;
        if (wish === "in") this.scale(0.5);
        if (wish === "out") this.scale(2);
        if (wish === "left") this.move(-0.3);
        if (wish === "right") this.move(0.3);
        if (wish === "all") this.reset();
      });
    }

    key(event) {
      const x = this.data.x, steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
      if (event.key in steps) {
        const from = this.place === null ? (event.key === "ArrowLeft" || event.key === "PageUp" ? x.length : -1) : this.place;
        let next = Math.max(0, Math.min(x.length - 1, from + steps[event.key]));
        if (this.place === null) next = this.nearest(Math.max(this.first, Math.min(this.last, x[next])));
        this.keepInside(x[next]);
        this.show(next, true);
      } else if (event.key === "Home") { this.keepInside(x[0]); this.show(0, true); }
      else if (event.key === "End") { this.keepInside(x[x.length - 1]); this.show(x.length - 1, true); }
      else if (this.data.zoom && (event.key === "+" || event.key === "=")) this.scale(0.5);
      else if (this.data.zoom && event.key === "-") this.scale(2);
      else if (event.key === "Escape") { this.hide(); this.reset(); }
      else return;
      event.preventDefault();
    }

    keepNumbers() {
      const shift = (this.chart.scrollLeft / this.svg.getBoundingClientRect().width) * this.data.size[0] || 0;
      this.svg.querySelector(".values").setAttribute("transform", `translate(${shift} 0)`);
    }

    at(event) {
      const box = this.svg.getBoundingClientRect();
      const across = ((event.clientX - box.left) / box.width) * this.data.size[0];
      const share = Math.max(0, Math.min(1, (across - this.left) / this.width));
      return this.first + share * (this.last - this.first);
    }

    nearest(at) {
      const x = this.data.x;
      let low = 0, high = x.length - 1;
      while (high - low > 1) { const middle = (low + high) >> 1; if (x[middle] < at) low = middle; else high = middle; }
      return at - x[low] <= x[high] - at ? low : high;
    }

    across(x) { return this.left + ((x - this.first) / (this.last - this.first)) * this.width; }

    show(place, aloud) {
      this.place = place;
      const data = this.data, lines = [], number = (value) => inFull(value, data.digits - 1);
      for (const layer of data.layers) {
        if (layer.kind === "band") {
          const ends = [layer.low[place], layer.high[place]];
          if (!ends.includes(null)) lines.push([layer.name, ends.map(number).join(" to ")]);
        } else if (layer.values[place] !== null) lines.push([layer.name, number(layer.values[place])]);
      }
      const at = this.across(data.x[place]);
      if (at < this.left - 1 || at > this.left + this.width + 1) { this.hide(); return; }
      this.cross.setAttribute("x1", at);
      this.cross.setAttribute("x2", at);
      this.cross.setAttribute("visibility", "visible");
      this.tip.replaceChildren();
      const head = document.createElement("b");
      head.textContent = data.labels[place];
      this.tip.append(head);
      for (const [name, value] of lines) {
        const row = document.createElement("span"), left = document.createElement("i"), right = document.createElement("em");
        left.style.fontStyle = right.style.fontStyle = "normal";
        left.textContent = name;
        right.textContent = value;
        row.append(left, right);
        this.tip.append(row);
      }
      this.tip.hidden = false;
      const scale = this.svg.getBoundingClientRect().width / data.size[0], room = this.chart.clientWidth - this.tip.offsetWidth;
      const right = at * scale + 14;
      this.tip.style.left = `${Math.max(0, right <= room ? right : at * scale - this.tip.offsetWidth - 14)}px`;
      this.tip.style.top = `${(this.top + 6) * scale}px`;
      if (aloud) this.say.textContent = [data.labels[place], ...lines.map((line) => line.join(" "))].join("; ");
    }

    hide() {
      this.place = null;
      this.cross.setAttribute("visibility", "hidden");
      this.tip.hidden = true;
    }

    drag(at) {
      const ends = [this.across(Math.min(this.start, at)), this.across(Math.max(this.start, at))];
      this.area.setAttribute("x", ends[0]);
      this.area.setAttribute("width", ends[1] - ends[0]);
      this.area.setAttribute("visibility", "visible");
    }

    drop(at) {
      if (this.start === undefined) return;
      const from = Math.min(this.start, at), to = Math.max(this.start, at);
      this.start = undefined;
      this.area.setAttribute("visibility", "hidden");
      if (this.across(to) - this.across(from) > 8) this.look(from, to);
    }

    scale(by) {
      const middle = this.place === null ? (this.first + this.last) / 2 : this.data.x[this.place];
      const half = ((this.last - this.first) * by) / 2;
      this.look(middle - half, middle + half);
    }

    move(by) {
      const step = (this.last - this.first) * by;
      this.look(this.first + step, this.last + step);
    }

    keepInside(x) {
      if (x >= this.first && x <= this.last) return;
      const half = (this.last - this.first) / 2;
      this.look(x - half, x + half);
    }

    reset() { if (this.data.zoom) this.look(...this.data.whole); }

    look(first, last) {
      const [from, to] = this.data.whole, least = Math.min(to - from, 4);
      let width = Math.min(Math.max(last - first, least), to - from);
      this.first = Math.max(from, Math.min((first + last - width) / 2, to - width));
      this.last = this.first + width;
      this.draw();
      if (this.place !== null) this.show(this.place);
    }

    draw() {
      const data = this.data;
      let low = Math.min(...data.levels), high = Math.max(...data.levels);  // as range_of of chart.py has them
      data.x.forEach((x, place) => {
        if (x < this.first || x > this.last) return;
        for (const layer of data.layers)
          for (const value of layer.kind === "band" ? [layer.low[place], layer.high[place]] : [layer.values[place]])
            if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
      });
      if (low > high) return;
      if (data.layers.some((layer) => layer.kind === "bars")) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
      const pad = (high - low || Math.abs(high) || 1) * 0.05;
      low = data.zero && low >= 0 ? 0 : low - pad;
      high += pad;
      const top = (data.base - high) / data.unit, tall = (high - low) / data.unit;
      this.plot.setAttribute("viewBox", `${this.first} ${top} ${this.last - this.first} ${tall}`);
      const axes = this.svg.querySelector(".ticks"), values = this.svg.querySelector(".values");
      axes.replaceChildren();
      values.replaceChildren();
      const ticks = niceTicks(low, high), numbers = tickNumbers(ticks, Math.floor((this.left - 25) / LETTER));
      for (const [place, tick] of ticks.entries()) {
        const y = this.top + ((high - tick) / (high - low)) * this.height;
        make("line", { class: "grid", x1: this.left, x2: this.left + this.width, y1: y, y2: y }, axes);
        make("text", { x: this.left - 8, y: y + 4, "text-anchor": "end" }, values).textContent = numbers[place];
      }
      const inside = [...data.x.keys()].filter((place) => data.x[place] >= this.first && data.x[place] <= this.last);
      let end = -Infinity;
      for (const place of labelled(inside, data.labels, this.width)) {
        const half = (data.labels[place].length * LETTER) / 2, last = this.left + this.width + RIGHT - half;
        const x = Math.min(Math.max(this.across(data.x[place]), half), last);
        if (x - half <= end) continue;
        end = x + half + LETTER;
        const label = make("text", { x, y: this.top + this.height + 18, "text-anchor": "middle" }, axes);
        label.textContent = data.labels[place];
      }
    }
  }

  const charts = new Map();
  const wake = (figure) => { if (!charts.has(figure)) charts.set(figure, new Chart(figure)); };
  document.querySelectorAll("figure[data-chart]").forEach(wake);

  document.querySelectorAll("[data-choose]").forEach((box) => {
    const select = box.querySelector("select");
    const panes = [...document.querySelectorAll(`[data-pane='${box.dataset.choose}']`)];
    const choose = () => panes.forEach((pane, place) => {
      pane.hidden = place !== select.selectedIndex;
      if (!pane.hidden) pane.querySelectorAll(".chart").forEach((chart) => { chart.scrollLeft = chart.scrollWidth; });
    });
    select.addEventListener("change", choose);
    box.hidden = false;
    choose();
  });

  const theme = document.querySelector(".theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; theme.setAttribute("aria-label", `Show this page ${isDark() ? "light" : "dark"}`); };
  theme.hidden = false;
  theme.addEventListener("click", () => { document.documentElement.dataset.theme = isDark() ? "light" : "dark"; name(); });
  system.addEventListener("change", name);
  name();
})();
