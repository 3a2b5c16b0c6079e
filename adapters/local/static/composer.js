// The message box: sends texts and commands, remembers what was written, loses nothing.

import { byId, h, recall, remember } from "./dom.js";
import { makeAct, sendAct } from "./net.js";

const KEPT = 50; // lines that the arrow keys bring back
const SUGGESTED = ["help", "status", "todo", "digest"];

/** @param {{where: () => {user: string, conversation: string}, answered: (reply: any) => void}} page */
export function startComposer(page) {
  const entry = /** @type {HTMLTextAreaElement} */ (byId("entry"));
  let room = null;
  let back = 0; // how many lines back the arrows are; 0 is the draft
  let unsent = null;
  let busy = false;

  const draftKey = () => `entry:${page.where().user}:${page.where().conversation}`;
  const historyKey = () => `wrote:${page.where().user}`;

  function show(given) {
    room = given;
    back = 0;
    entry.value = recall(draftKey()) ?? "";
    entry.placeholder = room.kind === "channel" ? `Message #${room.name}` : "Message or command";
    problem("");
    grow();
    suggest();
  }

  function suggest() {
    const chips = SUGGESTED.map((word) => h("button.chip", { type: "button", onclick: () => send(word) }, word));
    byId("empty").replaceChildren(
      h("p", {}, h("strong", {}, "Nothing here yet.")),
      h("p", {}, "Move the bot's clock forward, above, or ask for something:"),
      h("p.chips", {}, ...chips),
    );
  }

  async function send(text) {
    if (busy || !text.trim()) return;
    busy = true;
    byId("send").setAttribute("aria-disabled", "true");
    const same = unsent?.text === text && unsent.key === draftKey();
    unsent = same ? unsent : { text, key: draftKey(), act: makeAct(page.where(), { kind: "text", text }) };
    try {
      const reply = await sendAct(unsent.act);
      sent(text, unsent.key, reply);
    } catch (error) {
      problem(`Not sent. ${error.message}`, error.again ? () => send(text) : null);
    }
    busy = false;
    byId("send").removeAttribute("aria-disabled");
  }

  function sent(text, key, reply) {
    unsent = null;
    if (reply.kind === "problems") {
      problem(Object.values(reply.fields).join(" ") || "That could not be taken.");
      return;
    }
    problem("");
    const wrote = (recall(historyKey()) ?? []).filter((line) => line !== text);
    remember(historyKey(), [...wrote, text].slice(-KEPT));
    remember(key, null);
    back = 0;
    if (key === draftKey() && entry.value.trim() === text.trim()) entry.value = "";
    grow();
    page.answered(reply);
  }

  function problem(words, again) {
    const line = byId("entry-problem");
    line.hidden = !words;
    const retry = again && h("button.quiet", { type: "button", onclick: again }, "Try again");
    line.replaceChildren(words, ...(retry ? [" ", retry] : []));
  }

  function browse(step) {
    const wrote = recall(historyKey()) ?? [];
    const wanted = back + step;
    if (wanted < 0 || wanted > wrote.length) return false;
    back = wanted;
    entry.value = back ? wrote[wrote.length - back] : (recall(draftKey()) ?? "");
    grow();
    entry.setSelectionRange(entry.value.length, entry.value.length);
    return true;
  }

  function grow() {
    entry.style.height = "auto";
    entry.style.height = `${Math.min(entry.scrollHeight + 2, 160)}px`;
  }

  entry.addEventListener("input", () => {
    back = 0;
    remember(draftKey(), entry.value || null);
    grow();
  });
  entry.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send(entry.value);
    } else if (event.key === "ArrowUp" && (back > 0 || !entry.value)) {
      if (browse(1)) event.preventDefault();
    } else if (event.key === "ArrowDown" && back > 0) {
      if (browse(-1)) event.preventDefault();
    }
  });
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send(entry.value);
    entry.focus();
  });
  return { show, focus: () => matchMedia("(hover: hover)").matches && entry.focus() };
}
