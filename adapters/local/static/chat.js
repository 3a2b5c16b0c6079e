// The page: loads what one person sees, follows the events, and sends what is done. State is here, drawing elsewhere.

import { startClock } from "./clock.js";
import { startComposer } from "./composer.js";
import { byId, h } from "./dom.js";
import { MessageList } from "./message.js";
import { call, Events, makeAct, sendAct } from "./net.js";
import { drawCast, drawRooms } from "./side.js";
import { startThemeButton } from "./look.js";

const NEAR = 120; // pixels from the end that still count as being at the end
const GONE_QUIET = 1500; // ms of lost connection before it is said: a restart of the server is shorter
const SPOKEN = 15_000; // ms that an announcement stays to be read
const RELOAD = 3000; // ms between tries when the browser has given up on the events

const state = { user: "", bot: "", cast: [], conversations: [], messages: {}, clock: null, event: "", open: "" };
let list = null;
let events = null;
let lostTimer = 0;

const messagesBox = byId("messages");
const nameOf = (user) => state.cast.find((one) => one.user === user)?.name ?? user;
const clock = startClock({ user: () => state.user, nameOf, bot: () => state.bot });
const composer = startComposer({ where: () => ({ user: state.user, conversation: state.open }), answered });

// --- loading

async function load(user) {
  const wanted = new URLSearchParams({ user });
  const answer = await call(`/local/state?${wanted}`).catch((error) => {
    if (user && !error.again) return call("/local/state?user=");
    throw error;
  });
  Object.assign(state, answer);
  state.open = whereToStart();
  clock.show(state.clock);
  follow();
  open(state.open);
}

/** Where one was, or was sent to; else the direct messages, unless they are empty and something is unread elsewhere. */
function whereToStart() {
  const named = decodeURIComponent(location.hash.slice(1)).split("/")[1];
  const known = (id) => state.conversations.some((one) => one.id === id);
  const direct = state.conversations[0].id;
  const unread = state.conversations.find((one) => one.unread)?.id ?? direct;
  return [state.open, named].find(known) ?? (state.messages[direct].length ? direct : unread);
}

async function start(user) {
  try {
    await load(user);
    lost("");
  } catch (error) {
    lost(error.message);
    setTimeout(() => start(user), RELOAD);
  }
}

function follow() {
  events?.close();
  events = new Events(state.user, state.event, {
    message: ({ message, new: fresh }) => arrived(message, fresh),
    removed: ({ message }) => removed(message),
    badge: ({ user, unread }) => badge(user, unread),
    clock: ({ clock: dial }) => clock.show(dial),
    reset: () => load(state.user).catch(() => {}),
    open: () => lost(""),
    error: (dead) => {
      lostTimer ||= setTimeout(() => lost("The bot does not answer. Trying again…"), GONE_QUIET);
      if (dead) setTimeout(() => start(state.user), RELOAD);
    },
  });
}

function lost(words) {
  clearTimeout(lostTimer);
  lostTimer = 0;
  byId("lost").hidden = !words;
  byId("lost").textContent = words;
}

// --- who and where

function be(user) {
  if (user === state.user) return;
  clock.dismiss();
  state.open = "";
  history.replaceState(null, "", `#${encodeURIComponent(user)}`);
  start(user);
}

function open(conversation) {
  state.open = conversation;
  history.replaceState(null, "", `#${encodeURIComponent(`${state.user}/${conversation}`)}`);
  const room = state.conversations.find((one) => one.id === conversation);
  byId("room-name").textContent = room.kind === "channel" ? `# ${room.name}` : room.name;
  byId("room-note").textContent = room.kind === "channel" ? room.note : `Direct messages of ${nameOf(state.user)}`;
  list = new MessageList(byId("list"), { me: state.user, bot: state.bot, nameOf, around });
  for (const message of state.messages[conversation] ?? []) list.put(message);
  byId("empty").hidden = Boolean(state.messages[conversation]?.length);
  composer.show(room);
  seen();
  side();
  toEnd();
}

function side() {
  drawCast(state, (user) => {
    menu(false);
    be(user);
  });
  drawRooms(state, (conversation) => {
    menu(false);
    open(conversation);
    composer.focus();
  });
  const here = state.conversations.reduce((sum, one) => sum + one.unread, 0);
  const others = state.cast.reduce((sum, one) => sum + (one.user === state.user ? 0 : one.unread), 0);
  document.title = `${here ? `(${here}) ` : ""}${nameOf(state.user)} in Rampcheck`;
  byId("menu-dot").hidden = !(here + others);
}

function seen() {
  const room = state.conversations.find((one) => one.id === state.open);
  if (!room?.unread || document.hidden) return;
  room.unread = 0;
  call("/local/seen", { user: state.user, conversation: state.open }).catch(() => {});
}

function badge(user, unread) {
  const one = state.cast.find((other) => other.user === user);
  if (one) one.unread = unread;
  side();
}

// --- messages

function arrived(message, fresh) {
  const known = (state.messages[message.conversation] ??= []);
  const index = known.findIndex((one) => one.id === message.id);
  if (index >= 0 && known[index].rev >= message.rev) return;
  if (index >= 0) known[index] = message;
  else known.push(message);
  if (message.conversation === state.open) show(message);
  if (fresh && index < 0 && message.by !== state.user) announce(message);
}

function show(message) {
  const near = atEnd() || message.by === state.user;
  const existed = list.elements.has(message.id);
  const element = list.put(message);
  byId("empty").hidden = true;
  if (existed) return;
  if (near && !message.thread) toEnd(element);
  else if (!message.thread) byId("newer").hidden = false;
}

function announce(message) {
  const room = state.conversations.find((one) => one.id === message.conversation);
  if (!room) return;
  room.unread += 1;
  if (message.conversation === state.open) seen();
  const where = room.kind === "channel" ? `in channel ${room.name}` : "to you";
  const here = message.conversation === state.open;
  const words = message.card ? (here && message.card.fallback) || message.card.title : message.text;
  sayAloud(`${message.card ? state.bot : nameOf(message.by)} ${where}: ${words.slice(0, 300)}`);
  side();
}

/** Several can come at once: each is added, so that a screen reader gets to all of them. */
function sayAloud(words) {
  const line = h("p", {}, words);
  byId("live").append(line);
  setTimeout(() => line.remove(), SPOKEN);
}

function removed(message) {
  const known = state.messages[message.conversation] ?? [];
  state.messages[message.conversation] = known.filter((one) => one.id !== message.id);
  if (message.conversation === state.open) list.remove(message.id);
}

// --- scrolling

const atEnd = () => messagesBox.scrollHeight - messagesBox.scrollTop - messagesBox.clientHeight < NEAR;

/** To the end, but never past the top of a message that is taller than the window. */
function toEnd(element = byId("list").lastElementChild) {
  const top = element instanceof HTMLElement ? element.offsetTop - 12 : 0;
  messagesBox.scrollTop = Math.min(top, messagesBox.scrollHeight);
  byId("newer").hidden = true;
}

byId("newer").addEventListener("click", () => toEnd());
messagesBox.addEventListener("scroll", () => {
  if (atEnd()) byId("newer").hidden = true;
});

// --- acting

/** Acts that may have to be sent again, by card: the same press after a failure is the same act. */
const unsure = new Map();

function around(message) {
  const key = `draft:${state.user}:${message.id}`;
  const where = { user: state.user, conversation: message.conversation, message: message.id };
  return { key, nameOf, press: (token, values) => press(key, where, token, values) };
}

async function press(key, where, token, values) {
  const what = { kind: "click", token, values };
  const same = JSON.stringify(what);
  const before = rev(where);
  const tried = unsure.get(key);
  const act = tried?.same === same ? tried.act : makeAct(where, what);
  unsure.set(key, { same, act });
  const reply = await sendAct(act);
  unsure.delete(key);
  answered(reply);
  if (reply.kind === "update" && rev(where) === before) preview(where, reply.card);
  return reply;
}

const rev = (where) => state.messages[where.conversation]?.find((one) => one.id === where.message)?.rev;

/** Shows the message as it is about to become; the amended one follows by the events. */
function preview(where, card) {
  const message = state.messages[where.conversation]?.find((one) => one.id === where.message);
  if (message && where.conversation === state.open) list.put({ ...message, card });
}

function answered(reply) {
  if (reply.kind === "show") arrived(reply.message, true);
  if (reply.kind === "close" && reply.removed) removed({ id: reply.removed, conversation: state.open });
}

// --- the menu on narrow screens

function menu(opened) {
  byId("menu").setAttribute("aria-expanded", String(opened));
  document.body.classList.toggle("menu-open", opened);
  byId("shade").hidden = !opened;
  /** @type {HTMLElement} */ (document.querySelector("main")).inert = opened;
}

byId("menu").addEventListener("click", () => {
  const opened = byId("menu").getAttribute("aria-expanded") !== "true";
  menu(opened);
  if (opened) byId("side-close").focus();
});
byId("shade").addEventListener("click", leaveMenu);
byId("side-close").addEventListener("click", leaveMenu);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && byId("menu").getAttribute("aria-expanded") === "true") leaveMenu();
});

function leaveMenu() {
  menu(false);
  byId("menu").focus();
}

document.addEventListener("visibilitychange", () => {
  seen();
  side();
});

startThemeButton();
start(decodeURIComponent(location.hash.slice(1)).split("/")[0]);
