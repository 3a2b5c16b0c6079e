// Draws a card's questions as form controls, and reads what was entered; it knows nothing of sending.

import { freshId, h, recall, remember, said } from "./dom.js";
import { call } from "./net.js";
import { date } from "./time.js";

/**
 * One question on the page.
 * @typedef {{name: string, element: HTMLElement, get: () => string | string[], set: (value: any) => void,
 *   focus: () => void, complain: (text: string) => void}} Question
 */

const LONG_LABEL = 40; // characters: in a drop-down list on a phone the end of a longer one cannot be read
const RADIOS = 6; // options that are shown as buttons in any case
const RADIOS_LONG = 12; // options with sentences as labels, such as the levels 0 to 4, are still better as buttons

/** @param {any} field @param {(user: string) => string} nameOf @returns {Question} */
export function question(field, nameOf) {
  const ids = { label: freshId(), about: freshId(), problem: freshId() };
  const control = CONTROLS[field.kind](field, ids, nameOf);
  const problem = h("p.problem", { id: ids.problem, hidden: true });
  const element = control.group ? group(field, ids, control, problem) : single(field, ids, control, problem);
  return {
    name: field.name,
    element,
    get: control.get,
    set: control.set,
    focus: control.focus,
    complain: (text) => complain(element, control, ids, problem, text),
  };
}

/** @returns {(Node | null)[]} */
function about(field, ids) {
  const lines = [
    field.hint && h("p.hint", {}, said(field.hint)),
    field.previous && h("p.previous", {}, said(field.previous)),
  ].filter(Boolean);
  return lines.length ? [h("div", { id: ids.about }, ...lines)] : [];
}

const optional = (field) => (field.required ? null : h("span.optional", {}, " (optional)"));

function group(field, ids, control, problem) {
  const described = [field.hint || field.previous ? ids.about : "", ids.problem].join(" ").trim();
  return h(
    "fieldset.field",
    { "aria-describedby": described },
    h("legend", {}, said(field.label), optional(field)),
    ...about(field, ids),
    problem,
    ...control.parts,
  );
}

function single(field, ids, control, problem) {
  const described = [field.hint || field.previous ? ids.about : "", ids.problem].join(" ").trim();
  control.input.id = ids.label;
  control.input.setAttribute("aria-describedby", described);
  if (field.required) control.input.setAttribute("aria-required", "true");
  return h(
    "div.field",
    {},
    h("label.label", { for: ids.label }, said(field.label), optional(field)),
    ...about(field, ids),
    problem,
    ...control.parts,
  );
}

function complain(element, control, ids, problem, text) {
  problem.textContent = text;
  problem.hidden = !text;
  element.classList.toggle("wrong", Boolean(text));
  for (const input of element.querySelectorAll("input, select, textarea")) {
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

// --- choices

const CONTROLS = {
  choice: (field, ids) => (asList(field) ? dropDown(field) : buttons(field)),
  text: (field) => line(field, { type: "text", maxlength: null }),
  long: (field) => longText(field),
  number: (field) => number(field),
  date: (field) => day(field),
  person: (field, ids, nameOf) => person(field, nameOf),
  link: (field) => line(field, { type: "url", inputmode: "url", placeholder: "https://" }),
};

function asList(field) {
  if (field.many || field.options.length <= RADIOS) return false;
  const long = field.options.some((option) => option.hint || option.label.length > LONG_LABEL);
  return !(long && field.options.length <= RADIOS_LONG);
}

function option(type, name, value, label, hint) {
  const input = h("input", { type, name, value });
  const text = h("span.option-text", {}, said(label), hint ? h("small", {}, said(hint)) : null);
  return { input, element: h("label.option", {}, input, text) };
}

function buttons(field) {
  const name = freshId();
  const type = field.many ? "checkbox" : "radio";
  const made = field.options.map((one) => option(type, name, one.value, one.label, one.hint || one.group));
  const inputs = made.map((one) => one.input);
  const short = field.options.every((one) => !one.hint && one.label.length <= 24);
  const clear = h("button.quiet.clear", { type: "button", hidden: true }, "Clear this answer");
  const show = () => {
    clear.hidden = field.required || field.many || !inputs.some((input) => input.checked);
  };
  const set = (value) => {
    const wanted = Array.isArray(value) ? value : [value];
    for (const input of inputs) input.checked = wanted.includes(input.value);
    show();
  };
  clear.addEventListener("click", () => {
    set([]);
    inputs[0].focus();
    inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
  });
  const parts = [h(short ? "div.options.short" : "div.options", { onchange: show }, ...made.map((one) => one.element)), clear];
  const get = () => {
    const picked = inputs.filter((input) => input.checked).map((input) => input.value);
    return field.many ? picked : (picked[0] ?? "");
  };
  set(field.initial);
  return { group: true, parts, get, set, focus: () => inputs[0]?.focus() };
}

function dropDown(field) {
  const input = h("select", {}, h("option", { value: "" }, "Choose…"), ...grouped(field.options));
  const set = (value) => {
    input.value = (Array.isArray(value) ? value[0] : value) ?? "";
  };
  set(field.initial);
  return { input, parts: [input], get: () => input.value, set, focus: () => input.focus() };
}

/** Options under the names of their groups, in the order in which these come first. */
function grouped(options) {
  const groups = new Map();
  for (const one of options) groups.set(one.group ?? "", [...(groups.get(one.group ?? "") ?? []), one]);
  const drawn = (some) => some.map((one) => h("option", { value: one.value }, one.label));
  return [...groups].flatMap(([label, some]) => (label ? [h("optgroup", { label }, ...drawn(some))] : drawn(some)));
}

// --- texts and numbers

function line(field, attributes) {
  const input = h("input", { autocomplete: "off", spellcheck: field.kind === "text", dir: "auto", ...attributes });
  const left = field.max ? counter(field.max, input) : null;
  const set = (value) => {
    input.value = value ?? "";
    left?.update();
  };
  set(field.initial);
  return { input, parts: [input, left?.element], get: () => input.value, set, focus: () => input.focus() };
}

function longText(field) {
  const input = h("textarea", { rows: 3, dir: "auto" });
  const left = field.max ? counter(field.max, input) : null;
  const set = (value) => {
    input.value = value ?? "";
    left?.update();
  };
  set(field.initial);
  return { input, parts: [input, left?.element], get: () => input.value, set, focus: () => input.focus() };
}

/** Characters left, in code points as the bot counts them; said aloud only when they get few. */
function counter(max, input) {
  const element = h("p.left", {});
  const update = () => {
    const left = max - [...input.value].length;
    element.textContent = left < 0 ? `${-left} characters too many` : `${left} characters left`;
    element.classList.toggle("over", left < 0);
    if (left < 20) element.setAttribute("role", "status");
    else element.removeAttribute("role");
  };
  input.addEventListener("input", update);
  update();
  return { element, update };
}

function number(field) {
  const input = h("input", { type: "text", inputmode: field.whole ? "numeric" : "decimal", autocomplete: "off", class: "narrow" });
  const none = field.none ? option("checkbox", freshId(), "none", field.none, "") : null;
  const show = () => {
    input.disabled = Boolean(none?.input.checked);
  };
  const set = (value) => {
    if (none) none.input.checked = value === "none";
    input.value = value === "none" ? "" : (value ?? "");
    show();
  };
  none?.input.addEventListener("change", show);
  set(field.initial);
  const get = () => (none?.input.checked ? "none" : input.value.trim());
  const parts = [h("div.beside", {}, input, none?.element)];
  return { input, parts, get, set, focus: () => (input.disabled ? none?.input : input)?.focus() };
}

// --- days

function day(field) {
  if (!field.keep && !field.none) return line(field, { type: "date", class: "narrow" });
  const name = freshId();
  const ways = [
    field.keep && option("radio", name, "keep", `Keep ${date(field.keep)}`, ""),
    option("radio", name, "pick", field.keep ? "Change" : "Pick a date", ""),
    field.none && option("radio", name, "none", field.none, ""),
  ].filter(Boolean);
  const input = h("input", { type: "date", class: "narrow", "aria-label": "The date" });
  const way = () => ways.find((one) => one.input.checked)?.input.value ?? "";
  const show = () => {
    input.hidden = way() !== "pick";
  };
  const set = (value) => {
    const wanted = !value ? "" : value === "none" ? "none" : value === field.keep ? "keep" : "pick";
    for (const one of ways) one.input.checked = one.input.value === wanted;
    input.value = wanted === "pick" ? value : "";
    show();
  };
  const get = () => ({ keep: field.keep, none: "none", pick: input.value })[way()] ?? "";
  const pick = () => {
    show();
    if (way() === "pick") input.focus();
  };
  const parts = [h("div.options.short", { onchange: pick }, ...ways.map((one) => one.element)), input];
  set(field.initial);
  return { group: true, parts, get, set, focus: () => (input.hidden ? ways[0].input : input).focus() };
}

// --- people

function person(field, nameOf) {
  const list = h("datalist", { id: freshId() });
  const input = h("input", { type: "text", list: list.id, autocomplete: "off", dir: "auto", placeholder: "Start to type a name" });
  /** @type {Map<string, string>} */
  const keys = new Map();
  let asked = "";
  const look = async () => {
    const query = input.value.trim();
    if (query === asked && keys.size) return;
    asked = query;
    const found = await call(`/local/people?${new URLSearchParams({ q: query })}`).catch(() => ({ people: [] }));
    if (query !== asked) return;
    list.replaceChildren(...found.people.map((one) => entry(one, found.people, keys)));
  };
  input.addEventListener("input", look);
  input.addEventListener("focus", look);
  const get = () => keys.get(input.value.trim()) ?? input.value.trim();
  const set = (value) => {
    input.value = value ? (known()[value] ?? nameOf(value)) : "";
    if (value) keys.set(input.value, value);
  };
  set(field.initial);
  return { input, parts: [input, list], get, set, focus: () => input.focus() };
}

/** Names of the keys that were in a list before, so that a draft shows the name again. @returns {Record<string, string>} */
const known = () => recall("people") ?? {};

/** An entry of the list; two people of one name are told apart by their note. */
function entry(one, all, keys) {
  const twins = all.filter((other) => other.name === one.name).length > 1;
  const shown = twins ? `${one.name} (${one.note || one.user})` : one.name;
  keys.set(shown, one.user);
  if (known()[one.user] !== shown) remember("people", { ...known(), [one.user]: shown });
  return h("option", { value: shown, label: twins ? null : one.note || null });
}
