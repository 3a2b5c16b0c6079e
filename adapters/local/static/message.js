// Draws the messages of a conversation in order, by day, replies under their root; each element follows its message.

import { drawCard } from "./card.js";
import { count, h, icon, said } from "./dom.js";
import { day, hour, short } from "./time.js";

const EYE_OFF = "M3 3l18 18M10.6 10.6a2 2 0 0 0 2.8 2.8M9.4 5.2A9 9 0 0 1 12 5c5 0 8.5 4.5 9.5 7a13 13 0 0 1-2.7 3.7M6.5 6.7A13 13 0 0 0 2.5 12c1 2.5 4.5 7 9.5 7a9 9 0 0 0 4.3-1.1";

/**
 * The list of one conversation.
 * @typedef {{me: string, bot: string, nameOf: (user: string) => string, around: (message: any) => import("./card.js").Around}} Scene
 */
export class MessageList {
  /** @param {HTMLElement} list @param {Scene} scene */
  constructor(list, scene) {
    this.list = list;
    this.scene = scene;
    /** @type {Map<string, HTMLElement>} */
    this.elements = new Map();
    /** @type {Map<string, {element: HTMLElement, list: HTMLElement, summary: HTMLElement}>} */
    this.threads = new Map();
    this.lastDay = "";
    list.replaceChildren();
  }

  /** Shows a new message at its place or a changed one in its place. @param {any} message @returns {HTMLElement} */
  put(message) {
    const old = this.elements.get(message.id);
    const element = this.draw(message);
    this.elements.set(message.id, element);
    if (old) this.replace(old, element, message);
    else if (message.thread && this.elements.has(message.thread)) this.reply(message, element);
    else this.append(message, element);
    return element;
  }

  /** @param {string} id */
  remove(id) {
    this.elements.get(id)?.remove();
    this.elements.delete(id);
  }

  append(message, element) {
    const today = day(message.at);
    if (today !== this.lastDay) {
      this.list.append(h("li.day", {}, h("span", {}, today)));
      this.lastDay = today;
    }
    this.list.append(element);
  }

  reply(message, element) {
    const thread = this.threads.get(message.thread) ?? this.thread(message.thread);
    thread.list.append(element);
    thread.summary.textContent = count(thread.list.children.length, "reply", "replies");
  }

  thread(root) {
    const list = h("ol.replies", {});
    const summary = h("summary", {});
    const element = h("details.thread", {}, summary, list);
    this.elements.get(root)?.append(element);
    const thread = { element, list, summary };
    this.threads.set(root, thread);
    return thread;
  }

  /** Keeps the thread below, what is folded or standing open, and the place of somebody who is filling it in. */
  replace(old, element, message) {
    const thread = this.threads.get(message.id);
    const focused = old.contains(document.activeElement) && !thread?.element.contains(document.activeElement);
    const sent = old.querySelector("[data-busy]") !== null; // then this is what came of it, and where one begins anew
    const same = focused && !sent ? counterpart(old.querySelector("article"), element.querySelector("article")) : null;
    const caret = same && caretOf(document.activeElement);
    if (thread) element.append(thread.element);
    if (old.querySelector(".whole")?.open) element.querySelector(".whole").open = true;
    if (!sent) reopen(old, element);
    old.replaceWith(element);
    element.classList.add("changed");
    if (!focused) return;
    const wrong = element.querySelector(".wrong :is(input, select, textarea)");
    /** @type {HTMLElement | null} */ (wrong ?? same ?? element.querySelector(".title"))?.focus();
    if (!wrong && caret) same?.setSelectionRange?.(...caret);
  }

  draw(message) {
    return message.card ? this.fromBot(message) : this.fromPerson(message);
  }

  fromBot(message) {
    const card = drawCard(message.card, this.scene.around(message));
    const article = h(
      "article",
      { "aria-label": `${this.scene.bot}, ${short(message.at)}: ${message.card.title || message.card.fallback.slice(0, 80)}` },
      header(message, this.scene.bot, "bot"),
      card,
    );
    return h(isPrivate(message) ? "li.message.private" : "li.message", { "data-id": message.id }, avatar("R", "bot"), article);
  }

  fromPerson(message) {
    const mine = message.by === this.scene.me;
    const name = mine ? "You" : this.scene.nameOf(message.by);
    const article = h("article", { "aria-label": `${name}, ${short(message.at)}` }, header(message, name, "person"), h("p.bubble", {}, said(message.text)));
    const classes = ["message", "person", mine && "mine", isPrivate(message) && "private"].filter(Boolean).join(".");
    return h(`li.${classes}`, { "data-id": message.id }, mine ? null : avatar(initials(name), "person"), article);
  }
}

/** Opens each small form of a message's new drawing that stood open in the old one. */
function reopen(old, element) {
  for (const open of old.querySelectorAll(".panel:not([hidden])")) {
    const now = [...element.querySelectorAll(".panel")].find((one) => one.ariaLabel === open.ariaLabel);
    if (now) element.querySelector(`[aria-controls="${now.id}"]`)?.click();
  }
}

const CONTROLS = "input, select, textarea, button, summary, a[href]";

/** What stands in a message's new drawing where the focus is in the old one; null where the two have other things to press. */
function counterpart(old, element) {
  const before = [...old.querySelectorAll(CONTROLS)];
  const after = [...element.querySelectorAll(CONTROLS)];
  const number = before.indexOf(document.activeElement);
  const alike = before.length === after.length && before[number]?.tagName === after[number]?.tagName;
  return alike ? after[number] : null;
}

/** From where to where text is marked, in a field that has such a thing. */
const caretOf = (field) => (typeof field.selectionStart === "number" ? [field.selectionStart, field.selectionEnd] : null);

/** In a direct conversation everything is, so that it is not said there. */
const isPrivate = (message) => Boolean(message.only) && !message.conversation.startsWith("dm:");

function header(message, name, kind) {
  return h(
    "header",
    {},
    h(`span.author.${kind}`, {}, said(name)),
    h("time", { datetime: message.at, title: short(message.at) }, hour(message.at)),
    message.edited ? h("span.edited", { title: `Changed ${short(message.edited)}` }, "updated") : null,
    isPrivate(message) ? h("span.only", {}, icon(EYE_OFF), "Only you can see this") : null,
  );
}

/** @param {string} letters @param {string} kind */
export const avatar = (letters, kind) => h(`span.avatar.${kind}`, { "aria-hidden": "true" }, letters);

/** "AB" from "Anna Berzina" @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}
