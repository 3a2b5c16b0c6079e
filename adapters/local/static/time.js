// Moments and days in words, in the bot's zone.

let zone = "UTC";

/** @param {string} name  an IANA zone; an unknown one is UTC */
export function showIn(name) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    zone = name;
  } catch {
    zone = "UTC";
  }
}

/** @param {string} moment @param {Intl.DateTimeFormatOptions} options */
const format = (moment, options) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(new Date(moment));

/** "10:00" @param {string} moment */
export const hour = (moment) => format(moment, { hour: "2-digit", minute: "2-digit" });

/** "Tuesday 1 December 2026" @param {string} moment */
export const day = (moment) => format(moment, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** "Tue 1 Dec, 10:00" @param {string} moment */
export const short = (moment) =>
  `${format(moment, { weekday: "short", day: "numeric", month: "short" }).replace(",", "")}, ${hour(moment)}`;

/** "31 March 2027" from "2027-03-31" @param {string} iso */
export const date = (iso) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "long", year: "numeric" }).format(
    new Date(`${iso}T00:00:00Z`),
  );

/** "Riga" from "Europe/Riga" */
export const place = () => (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
