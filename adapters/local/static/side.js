// Draws the left side: who one is, and the conversations; it only calls back when something is chosen.

import { byId, count, h, said } from "./dom.js";
import { avatar, initials } from "./message.js";

const MANY = 8; // people above which a filter helps

const unread = (number) =>
  number ? h("span.badge", {}, String(number), h("span.hidden", {}, ` ${count(number, "unread message", "unread messages").replace(/^\d+ /, "")}`)) : null;

/** @param {any} state @param {(user: string) => void} choose */
export function drawCast(state, choose) {
  const filter = byId("cast-filter");
  const input = /** @type {HTMLInputElement} */ (filter.querySelector("input"));
  filter.hidden = state.cast.length <= MANY;
  const show = () => byId("cast").replaceChildren(...matching(state.cast, input.value).map((one) => person(one, state, choose)));
  input.oninput = show;
  keepFocus(byId("cast"), show);
}

function matching(cast, text) {
  const wanted = text.trim().toLocaleLowerCase();
  return wanted ? cast.filter((one) => `${one.name} ${one.note}`.toLocaleLowerCase().includes(wanted)) : cast;
}

function person(one, state, choose) {
  const me = one.user === state.user;
  const text = h("span.entry-text", {}, h("span.entry-name", {}, said(one.name)), one.note ? h("small", {}, said(one.note)) : null);
  const set = { type: "button", "aria-pressed": String(me), "data-key": one.user, onclick: () => choose(one.user) };
  return h("li", {}, h(one.unread && !me ? "button.entry.has-unread" : "button.entry", set, avatar(initials(one.name), "person"), text, me ? null : unread(one.unread)));
}

/** @param {any} state @param {(conversation: string) => void} open */
export function drawRooms(state, open) {
  const show = () => byId("rooms").replaceChildren(...state.conversations.map((one) => room(one, state, open)));
  keepFocus(byId("rooms"), show);
}

function room(one, state, open) {
  const current = one.id === state.open;
  const sign = one.kind === "channel" ? h("span.sign", { "aria-hidden": "true" }, "#") : avatar("R", "bot");
  const name = one.kind === "channel" ? [h("span.hidden", {}, "Channel "), said(one.name)] : [said(one.name), h("span.hidden", {}, ", direct messages")];
  const text = h("span.entry-text", {}, h("span.entry-name", {}, ...name));
  const set = { type: "button", "aria-current": current ? "true" : null, "data-key": one.id, onclick: () => open(one.id) };
  return h("li", {}, h(one.unread ? "button.entry.has-unread" : "button.entry", set, sign, text, unread(one.unread)));
}

/** Drawing anew must not throw a keyboard user back to the top of the page. */
function keepFocus(list, show) {
  const key = list.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") : null;
  show();
  if (key) [...list.querySelectorAll("button")].find((one) => one.dataset.key === key)?.focus();
}
