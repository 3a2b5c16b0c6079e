// The clock bar: shows the bot's time and moves it forward, one leap at a time.

import { byId, count, h } from "./dom.js";
import { call } from "./net.js";
import { place, short, showIn } from "./time.js";

const NAMED = 3; // conversations that are named; the badges on the left say the rest

/** @param {{user: () => string, nameOf: (user: string) => string, bot: () => string}} page */
export function startClock(page) {
  const buttons = [...byId("leaps").querySelectorAll("button")];
  let busy = false;
  let dial = null;

  function show(given) {
    if (busy) return;
    dial = given;
    byId("clock").hidden = !dial;
    if (!dial) return;
    showIn(dial.zone);
    byId("now").textContent = short(dial.now);
    byId("now").dateTime = dial.now;
    byId("now").title = `Time in ${place()}`;
    byId("leaps").hidden = !dial.movable;
    byId("next").textContent = dial.next ? `Next: ${short(dial.next)}${dial.note ? `, ${dial.note}` : ""}` : "Nothing is due";
    lock();
  }

  function lock() {
    byId("clock").toggleAttribute("data-busy", busy);
    byId("leaps").setAttribute("aria-busy", String(busy));
    for (const one of buttons) {
      const off = busy || (one.dataset.by === "next" && !dial?.next);
      if (off) one.setAttribute("aria-disabled", "true");
      else one.removeAttribute("aria-disabled");
    }
  }

  async function leap(by) {
    if (busy || (by === "next" && !dial?.next)) return;
    busy = true;
    lock();
    say("Moving the clock; what falls due is being sent…");
    try {
      const answer = await call("/local/clock", { by });
      busy = false;
      show(answer.clock);
      say(`Moved to ${short(answer.clock.now)}. ${came(answer.arrived, page)}`);
    } catch (error) {
      busy = false;
      lock();
      say(`The clock was not moved. ${error.message}`, () => leap(by));
    }
  }

  for (const one of buttons) one.addEventListener("click", () => leap(one.dataset.by));
  return { show, dismiss: () => byId("moved").replaceChildren() };
}

/** "3 new messages: 1 for you, 2 for Ben" */
function came(arrived, page) {
  const total = Object.values(arrived).reduce((sum, number) => sum + number, 0);
  if (!total) return "Nothing new.";
  const nearest = Object.entries(arrived).sort(([one], [other]) => distance(one, page) - distance(other, page));
  const named = nearest.length === NAMED + 1 ? nearest : nearest.slice(0, NAMED);
  const parts = named.map(([conversation, number]) => `${number} ${whither(conversation, page)}`);
  const rest = nearest.slice(named.length);
  if (rest.length) parts.push(`${rest.reduce((sum, [, number]) => sum + number, 0)} for ${count(rest.length, "other", "others")}`);
  return `${count(total, "new message", "new messages")}: ${parts.join(", ")}.`;
}

const distance = (conversation, page) => (conversation === `dm:${page.user()}` ? 0 : conversation.startsWith("channel:") ? 1 : 2);

function whither(conversation, page) {
  const [kind, name] = [conversation.slice(0, conversation.indexOf(":")), conversation.slice(conversation.indexOf(":") + 1)];
  if (kind === "channel") return `in #${name}`;
  return name === page.user() ? "for you" : `for ${page.nameOf(name)}`;
}

function say(words, again) {
  const close = h("button.quiet", { type: "button", onclick: () => byId("moved").replaceChildren() }, "Dismiss");
  const retry = again && h("button.quiet", { type: "button", onclick: again }, "Try again");
  byId("moved").replaceChildren(h("span", {}, words), ...[retry, close].filter(Boolean));
}
