"use strict";
// All numbers were worked out beforehand. A setting is one place for each slider; its point is the place in the tables below.

const data = JSON.parse(document.getElementById("data").textContent);
const SIGNS = { holds: "●", fails: "○", undecided: "◐", reversed: "◀" };
const ARMS = ["with Beijing", "Beijing indifferent"];
const SIZE = { wide: 340, high: 190, left: 52, right: 8, top: 8, bottom: 22 };
const { outcomes, sliders, months, dates, levels, fields, words } = data;

const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer;
const fans = new Uint16Array(bytes(data.fans));
const effects = new Float32Array(bytes(data.effects));
const verdicts = new Uint8Array(bytes(data.verdicts));
const points = verdicts.length / (dates.length * outcomes.length);

// --- The tables -------------------------------------------------------------------------------------------------------------

const state = { at: sliders.map((slider) => slider.own), date: dates.length - 1, good: 0 };

function pointOf(at) {
  return at.reduce((point, place, index) => point * sliders[index].texts.length + place, 0);
}

function quantile(point, good, arm, month, level) {
  const place = (((point * outcomes.length + good) * 2 + arm) * months.length + month) * levels.length + level;
  const { low, high } = outcomes[good];
  return low + ((high > low ? high - low : 1) * fans[place]) / 65535;
}

function effect(point, date, good) {
  const start = ((point * dates.length + date) * outcomes.length + good) * fields.length;
  return Object.fromEntries(fields.map((field, place) => [field, effects[start + place]]));
}

function wordAt(point, date, good) {
  return words[verdicts[(point * dates.length + date) * outcomes.length + good]];
}

// --- Words ------------------------------------------------------------------------------------------------------------------

function number(value, figures = 3) {
  if (!Number.isFinite(value)) return "not known";
  const text = Math.abs(value) >= 1000 ? Math.round(Number(value.toPrecision(figures))) : Number(value.toPrecision(figures));
  return text.toLocaleString("en-US", { maximumFractionDigits: 10 }).replace("-", "−").replace(/^−0$/, "0");
}

function amounts(found, good) {
  const relative = Number.isFinite(found.relative_low) && Number.isFinite(found.relative_high);
  const [value, low, high] = relative
    ? [found.relative, found.relative_low, found.relative_high].map((each) => 100 * each)
    : [found.absolute, found.absolute_low, found.absolute_high];
  const unit = relative ? "%" : ` ${outcomes[good].unit}`;
  if (low === 0 && high === 0) return "just as much";
  if (low <= 0 && high >= 0) return "no difference to be seen";
  const way = value >= 0 ? 1 : -1;
  const ends = [low * way, high * way].sort((a, b) => a - b).map((each) => number(each, 2));
  return `${number(value * way, 2)}${unit} ${way > 0 ? "less" : "more"} (${ends[0]} to ${ends[1]}${unit})`;
}

function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

function answer(point) {
  const names = outcomes.map((each) => each.title.toLowerCase());
  const by = (word) => names.filter((_, good) => wordAt(point, state.date, good) === word);
  const parts = [];
  const held = by("holds");
  if (held.length) parts.push(`Beijing holds down ${held.length} of ${outcomes.length}: ${listed(held)}`);
  else parts.push("Beijing holds down nothing that was judged");
  if (by("reversed").length) parts.push(`it raises ${listed(by("reversed"))}`);
  if (by("undecided").length) parts.push(`${listed(by("undecided"))} undecided`);
  return `At these settings, by ${dates[state.date]}: ${parts.join("; ")}.`;
}

// --- The page ---------------------------------------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);

function made(tag, content = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = content;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function drawn(tag, attributes, content = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = content;
  return element;
}

function build() {
  $("lead").textContent = `Scenario: ${data.title}. ${data.question} Move the numbers: fans and verdict follow at once.`;
  for (const [place, date] of dates.entries()) {
    const label = made("label");
    const choice = made("input", "", { type: "radio", name: "date", value: place });
    choice.addEventListener("change", () => { state.date = place; update(); });
    label.append(choice, ` ${date}`);
    $("dates").append(label);
  }
  for (const [good, outcome] of outcomes.entries()) {
    const row = made("tr", "", { "data-good": outcome.name });
    const head = made("th", "", { scope: "row" });
    const button = made("button", outcome.title, { type: "button", title: `${outcome.meaning}; show it beside the sliders` });
    button.addEventListener("click", () => { state.good = good; update(); });
    head.append(button);
    row.append(head, made("td"), made("td"), made("td"));
    $("rows").append(row);
  }
  for (const [index, slider] of sliders.entries()) {
    const box = made("div");
    const label = made("label", slider.title, { for: `slider-${index}` });
    label.append(made("output"));
    const input = made("input", "", { type: "range", id: `slider-${index}`, min: 0, max: slider.texts.length - 1, step: 1 });
    input.dataset.address = slider.address;
    input.addEventListener("input", () => { state.at[index] = Number(input.value); update(); });
    const strip = made("div", "", { class: "strip", "aria-hidden": "true" });
    strip.append(...slider.texts.map((text) => made("span", "", { title: text })));
    box.append(label, input, strip);
    $("sliders").append(box);
  }
  $("sliders").append(made("p", "", { class: "small", id: "strips" }));
  const legend = made("p", "", { class: "legend" });
  for (const [arm, name] of ARMS.entries()) {
    const part = made("span");
    part.append(made("i", "", { class: arm ? "two" : "one" }), name);
    legend.append(part);
  }
  $("fans").append(legend);
  for (const good of outcomes.keys()) $("fans").append(fan(good));
  const chosen = sliders.every((slider) => slider.weight === null)
    ? "The numbers were named by whoever made this page."
    : "Worlds were drawn from all ranges that the thesis test declares. In each, the effect of Beijing on each good was worked " +
      "out; its rank was regressed on the ranks of all numbers. The numbers here are those that account for most of it. The " +
      "percentage is about the share of what differs between worlds that the number accounts for alone, on average over goods.";
  $("chosen").textContent = `${chosen} All other numbers stay as the scenario has them.`;
  for (const slider of sliders) {
    const weight = slider.weight === null ? "" : ` ${number(100 * slider.weight, 2)}%.`;
    const range = `From ${slider.texts[0]} to ${slider.texts[slider.texts.length - 1]}: ${slider.source}`;
    $("sources").append(made("li", `${slider.title} (${slider.address}).${weight} ${range}`));
  }
  $("made").textContent =
    `Scenario ${data.label}, hash ${data.hash}; ${points.toLocaleString("en-US")} settings, ${data.runs} runs of each with ` +
    `Beijing and as many without; seed ${data.seed}. Made with beijing-cap.`;
  $("reset").addEventListener("click", () => { state.at = sliders.map((slider) => slider.own); update(); });
  $("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  addEventListener("hashchange", () => { recall(); update(); });
}

function fan(good) {
  const outcome = outcomes[good];
  const { wide, high, left, right, top, bottom } = SIZE;
  const box = made("div", "", { class: "fan", "data-good": outcome.name });
  const says = `${outcome.meaning}, from the start to each month; ${outcome.unit}`;
  box.append(made("h2", outcome.title), made("p", says, { class: "small" }));
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", tabindex: 0 });
  svg.setAttribute("aria-label", `${outcome.title}, ${ARMS.join(" and ")}`);
  for (const share of [0, 0.5, 1]) {
    const value = outcome.low + share * (outcome.high - outcome.low);
    const y = high - bottom - share * (high - top - bottom);
    svg.append(drawn("line", { x1: left, x2: wide - right, y1: y, y2: y, class: "grid" }));
    svg.append(drawn("text", { x: left - 5, y: y + 4, "text-anchor": "end" }, number(value, 2)));
  }
  const every = Math.max(1, Math.ceil(months.length / 5));
  for (let month = every - 1; month < months.length; month += every)
    svg.append(drawn("text", { x: across(month), y: high - 6, "text-anchor": "middle" }, months[month].slice(0, 4)));
  for (const kind of ["nine", "half", "median"])
    for (const arm of [1, 0]) svg.append(drawn("path", { class: `${kind} ${arm ? "off" : "on"}` }));
  svg.append(drawn("line", { class: "cursor", y1: top, y2: high - bottom }));
  const show = (month, x, y) => point(svg, good, month, x, y);
  svg.addEventListener("pointermove", (event) => {
    const place = svg.getBoundingClientRect();
    const x = ((event.clientX - place.left) / place.width) * wide;
    show(Math.round(((x - left) / (wide - left - right)) * (months.length - 1)), event.clientX, event.clientY);
  });
  for (const leave of ["pointerleave", "blur"]) svg.addEventListener(leave, () => hide(svg));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = svg.getBoundingClientRect();
    const now = svg.dataset.month === undefined ? months.length - 1 : Number(svg.dataset.month) + step;
    show(now, place.left + place.width / 2, place.top + 30);
  });
  box.append(svg);
  return box;
}

function across(month) {
  return SIZE.left + ((SIZE.wide - SIZE.left - SIZE.right) * month) / Math.max(months.length - 1, 1);
}

function up(value, good) {
  const { low, high } = outcomes[good];
  return SIZE.high - SIZE.bottom - (SIZE.high - SIZE.top - SIZE.bottom) * ((value - low) / (high > low ? high - low : 1));
}

function point(svg, good, wanted, x, y) {
  const month = Math.min(Math.max(wanted, 0), months.length - 1);
  svg.dataset.month = month;
  const line = svg.querySelector(".cursor");
  line.setAttribute("x1", across(month));
  line.setAttribute("x2", across(month));
  line.style.visibility = "visible";
  const here = pointOf(state.at);
  const told = ARMS.map((name, arm) => {
    const values = levels.map((_, level) => quantile(here, good, arm, month, level));
    const [least, quarter, median, most, top] = values.map((value) => number(value));
    return `${name}: ${median}; half of the runs ${quarter} to ${most}, nine in ten ${least} to ${top}`;
  });
  const tip = $("tip");
  tip.textContent = `${outcomes[good].title} to ${months[month]}, ${outcomes[good].unit}\n${told.join("\n")}`;
  tip.hidden = false;
  const size = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - size.width - 4))}px`;
  tip.style.top = `${Math.max(4, Math.min(y + 16, innerHeight - size.height - 4))}px`;
}

function hide(svg) {
  $("tip").hidden = true;
  svg.querySelector(".cursor").style.visibility = "hidden";
}

function update() {
  const here = pointOf(state.at);
  $("answer").textContent = answer(here);
  for (const choice of $("dates").querySelectorAll("input")) choice.checked = Number(choice.value) === state.date;
  for (const [good, row] of [...$("rows").children].entries()) {
    const word = wordAt(here, state.date, good);
    const [said, size, share] = row.querySelectorAll("td");
    said.textContent = `${SIGNS[word]} ${word}`;
    said.className = `word ${word}`;
    size.textContent = amounts(effect(here, state.date, good), good);
    let holding = 0;
    for (let each = 0; each < points; each++) holding += wordAt(each, state.date, good) === "holds";
    share.textContent = `${number((100 * holding) / points, 2)}% of settings`;
    row.classList.toggle("chosen", good === state.good);
    row.querySelector("button").setAttribute("aria-pressed", String(good === state.good));
  }
  const sizes = (each) => `${number(100 * each.delta)}% and ${number(each.delta_abs)} ${each.unit}`;
  const least = outcomes.map((each) => `${each.title.toLowerCase()} ${sizes(each)}`);
  $("settings").textContent = `An effect matters by more than was declared before any run: ${least.join("; ")}.`;
  for (const [index, box] of [...$("sliders").querySelectorAll(":scope > div")].entries()) {
    const [input, output] = [box.querySelector("input"), box.querySelector("output")];
    const slider = sliders[index];
    input.value = state.at[index];
    output.textContent = slider.texts[state.at[index]];
    input.setAttribute("aria-valuetext", output.textContent + (state.at[index] === slider.own ? ", as in the scenario" : ""));
    for (const [place, cell] of [...box.querySelectorAll(".strip span")].entries()) {
      const word = wordAt(pointOf(state.at.map((at, which) => (which === index ? place : at))), state.date, state.good);
      cell.textContent = SIGNS[word];
      cell.className = place === slider.own ? `${word} own` : word;
      cell.title = `${slider.texts[place]}: ${word}`;
    }
  }
  $("strips").textContent =
    `Under each slider: the verdict on ${outcomes[state.good].title.toLowerCase()} at each of its stops, the others as they ` +
    "are set. " +
    "● holds, ◐ undecided, ○ fails, ◀ reversed; underlined: as in the scenario.";
  for (const [good, svg] of [...document.querySelectorAll(".fan svg")].entries()) drawFan(svg, good, here);
  const sets = sliders.map((slider, index) => `--set ${slider.address}=${slider.values[state.at[index]]}`);
  $("command").textContent = `run_sim.py compare ${data.name} --without beijing ${sets.join(" ")}`;
  history.replaceState(null, "", `#at=${state.at.join(",")}&by=${dates[state.date]}&good=${outcomes[state.good].name}`);
}

function drawFan(svg, good, here) {
  const line = (arm, level, back = false) => {
    const height = (month) => up(quantile(here, good, arm, month, level), good);
    const places = [...months.keys()].map((month) => `${across(month).toFixed(1)},${height(month).toFixed(1)}`);
    return (back ? places.reverse() : places).join("L");
  };
  for (const arm of [0, 1]) {
    const of = arm ? "off" : "on";
    svg.querySelector(`.nine.${of}`).setAttribute("d", `M${line(arm, 0)}L${line(arm, 4, true)}Z`);
    svg.querySelector(`.half.${of}`).setAttribute("d", `M${line(arm, 1)}L${line(arm, 3, true)}Z`);
    svg.querySelector(`.median.${of}`).setAttribute("d", `M${line(arm, 2)}`);
  }
}

function recall() {
  const given = new URLSearchParams(location.hash.slice(1));
  const at = (given.get("at") ?? "").split(",").map(Number);
  const stops = sliders.map((slider) => slider.texts.length);
  const sound = at.every((place, index) => Number.isInteger(place) && place >= 0 && place < stops[index]);
  if (at.length === stops.length && sound) state.at = at;
  if (dates.includes(given.get("by"))) state.date = dates.indexOf(given.get("by"));
  const good = outcomes.findIndex((outcome) => outcome.name === given.get("good"));
  if (good >= 0) state.good = good;
}

build();
recall();
update();
