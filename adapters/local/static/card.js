// Draws one card: its words, its questions, its buttons, and what happened to the last press.

import { count, freshId, h, recall, remember, said } from "./dom.js";
import { question } from "./fields.js";

/**
 * What a card needs of the page around it.
 * @typedef {{key: string, nameOf: (user: string) => string,
 *   press: (token: string, values: object | null) => Promise<{kind: string, fields?: Record<string, string>}>}} Around
 */

const SETTLED = 4000; // ms after "Saved" when buttons work again although the message was not changed

/** @param {any} card @param {Around} around @returns {HTMLElement} */
export function drawCard(card, around) {
  const drafts = recall(around.key) ?? {};
  const questions = card.fields.map((field) => question(field, around.nameOf));
  const element = h("div.card", {}, ...words(card));
  if (questions.length || card.actions.length) element.append(...form(card, questions, drafts, around, element));
  if (card.footer) element.append(h("p.footer", {}, said(card.footer)));
  if (card.note) element.append(h("p.note", {}, card.note));
  element.append(plain(card));
  showProblems(questions, card.problems, element);
  return element;
}

const plain = (card) =>
  h("details.whole", {}, h("summary", {}, "Plain text"), h("p", {}, said(card.fallback || "There is none.")));

function words(card) {
  const title = card.title ? [h("h2.title", { tabindex: "-1" }, said(card.title))] : [];
  return [...title, ...card.body.map((block) => BLOCKS[block.kind](block))];
}

// --- words

const STYLES = { plain: "span", bold: "strong", italic: "em", code: "code" };

function piece(span) {
  const text = h(STYLES[span.style] ?? "span", {}, said(span.text));
  return span.url ? outside(span.url, text) : text;
}

function outside(url, text, set = {}) {
  const safe = /^https?:\/\//i.test(url);
  return h("a", { href: safe ? url : null, target: "_blank", rel: "noopener noreferrer", ...set }, text);
}

const BLOCKS = {
  paragraph: (block) => h("p.paragraph", {}, ...block.spans.map(piece)),
  heading: (block) => h("h3", {}, said(block.text)),
  facts: (block) => h("dl.facts", {}, ...block.rows.map((row) => h("div", {}, h("dt", {}, said(row.name)), h("dd", {}, said(row.value))))),
  table: (block) => table(block),
  bars: (block) => h("ul.bars", {}, ...block.rows.map(bar)),
  picture: (block) => h("p.picture", {}, h("span.hidden", {}, "Picture: "), said(block.alt)),
  divider: () => h("hr"),
};

function table(block) {
  const head = h("tr", {}, ...block.header.map((cell) => h("th", { scope: "col" }, said(cell))));
  const rows = block.rows.map((row) => h("tr", {}, ...row.cells.map((cell) => h("td", {}, said(cell)))));
  const inner = h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows));
  return h("div.table", { tabindex: "0", role: "region", "aria-label": `Table: ${block.header.join(", ")}` }, inner);
}

function bar(row) {
  const fill = h("span.bar-fill");
  fill.style.width = `${row.value ?? 0}%`;
  const unknown = [h("span", { "aria-hidden": "true" }, "–"), h("span.hidden", {}, "not known")];
  const value = h("span.bar-value", {}, ...(row.value === null ? unknown : [String(row.value)]));
  const track = h(row.value === null ? "span.bar-track.unknown" : "span.bar-track", { "aria-hidden": "true" }, fill);
  const words = row.note || (row.value === null ? "not known" : "");
  const note = words ? h("span.bar-note", {}, said(words)) : null;
  return h("li", {}, h("span.bar-label", {}, said(row.label)), track, value, note);
}

// --- forms

function form(card, questions, drafts, around, element) {
  const status = h("p.status", { role: "status" });
  const press = presser(around, status, element);
  const keep = () => keepDrafts(around.key, questions, panels);
  const panels = card.actions.filter((one) => one.kind === "button" && one.asks.length).map((one) => panel(one, around, press, keep));
  restore(questions, drafts, "");
  for (const one of panels) restore(one.questions, drafts, `${one.token}/`);
  const row = card.actions.map((action) => button(action, panels, press));
  const send = (event) => {
    event.preventDefault();
    const chosen = event.submitter?.dataset.token ?? card.actions.find((one) => one.kind === "submit")?.token;
    if (chosen) press(chosen, questions);
  };
  const actions = row.length ? h("div.actions", {}, ...row) : null;
  return [
    h("form.form", { novalidate: true, onsubmit: send, oninput: keep, onchange: keep }, ...questions.map((one) => one.element), actions),
    ...panels.map((one) => one.element),
    status,
  ];
}

function button(action, panels, press) {
  if (action.kind === "link") return outside(action.url, action.label, { class: "button" });
  if (action.kind === "submit") return h("button.primary", { type: "submit", "data-token": action.token }, said(action.label));
  const opens = panels.find((one) => one.token === action.token);
  const set = { type: "button", "aria-expanded": opens ? "false" : null, "aria-controls": opens?.element.id };
  const made = h(`button.${action.tone}`, set, said(opens ? `${action.label}…` : action.label));
  made.addEventListener("click", () => (opens ? opens.toggle(made) : press(action.token, null)));
  return made;
}

/** The small form that a button asks for before it is sent. */
function panel(action, around, press, keep) {
  const questions = action.asks.map((field) => question(field, around.nameOf));
  const element = h("form.panel", { id: freshId(), hidden: true, novalidate: true, "aria-label": action.label, oninput: keep, onchange: keep });
  let opener = null;
  const toggle = (from) => {
    opener = from ?? opener;
    element.hidden = !element.hidden;
    opener?.setAttribute("aria-expanded", String(!element.hidden));
    if (element.hidden) opener?.focus();
    else questions[0]?.focus();
  };
  const cancel = h("button.plain", { type: "button", onclick: () => toggle() }, "Cancel");
  const confirm = h(`button.${action.tone === "danger" ? "danger" : "primary"}`, { type: "submit" }, said(action.label));
  element.append(...questions.map((one) => one.element), h("div.actions", {}, confirm, cancel));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    press(action.token, questions, `${action.token}/`);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggle();
  });
  return { token: action.token, element, questions, toggle };
}

/** Sends one press at a time, and says what came of it at the place that was pressed. */
function presser(around, status, element) {
  let busy = false;
  return async function press(token, questions, prefix = "") {
    if (busy) return;
    busy = true;
    lock(element, true);
    say(status, "Sending…");
    const values = questions && Object.fromEntries(questions.map((one) => [one.name, trimmed(one.get())]));
    try {
      const reply = await around.press(token, values);
      if (reply.kind === "problems") {
        say(status, "");
        release();
        showProblems(questions ?? [], reply.fields ?? {}, element, status);
        return;
      }
      showProblems(questions ?? [], {}, element);
      if (prefix || reply.kind === "close") for (const open of element.querySelectorAll(".panel")) open.hidden = true;
      dropDrafts(around.key, questions ?? [], prefix);
      say(status, reply.kind === "nothing" ? "Saved." : "");
      setTimeout(release, reply.kind === "nothing" ? SETTLED : 0);
    } catch (error) {
      release();
      offerAgain(status, error, () => press(token, questions, prefix));
    }
  };

  function release() {
    busy = false;
    lock(element, false);
  }
}

/** Spaces around a text are kept while somebody writes it, and not sent. @param {string | string[]} value */
const trimmed = (value) => (typeof value === "string" ? value.trim() : value);

function lock(element, locked) {
  element.toggleAttribute("data-busy", locked);
  for (const one of element.querySelectorAll(".actions button")) {
    if (locked) one.setAttribute("aria-disabled", "true");
    else one.removeAttribute("aria-disabled");
  }
}

function say(status, text) {
  status.classList.remove("failed");
  status.replaceChildren(text);
}

function offerAgain(status, error, again) {
  status.classList.add("failed");
  status.replaceChildren(`${error.message} Nothing you entered is lost. `, h("button.quiet", { type: "button", onclick: again }, "Try again"));
}

/** Puts each problem at its question and the focus on the first one. */
function showProblems(questions, problems, element, status) {
  for (const one of questions) one.complain(problems[one.name] ?? "");
  const names = questions.map((one) => one.name);
  const rest = Object.entries(problems).filter(([name]) => !names.includes(name)).map(([, text]) => text);
  const line = status ?? element.querySelector(".status");
  const here = names.filter((name) => problems[name]).length;
  if (here) rest.push(`${count(here, "answer needs", "answers need")} another look.`);
  if (rest.length && line) {
    line.classList.add("failed");
    line.replaceChildren(rest.join(" "));
  }
  if (status) questions.find((one) => problems[one.name])?.focus();
}

// --- drafts

function keepDrafts(key, questions, panels) {
  const drafts = Object.fromEntries(questions.map((one) => [one.name, one.get()]));
  for (const panel of panels) for (const one of panel.questions) drafts[`${panel.token}/${one.name}`] = one.get();
  remember(key, drafts);
}

function dropDrafts(key, questions, prefix) {
  const drafts = recall(key) ?? {};
  for (const one of questions) delete drafts[prefix + one.name];
  remember(key, Object.keys(drafts).length ? drafts : null);
}

function restore(questions, drafts, prefix) {
  for (const one of questions) {
    const draft = drafts[prefix + one.name];
    if (draft !== undefined) one.set(draft);
  }
}
