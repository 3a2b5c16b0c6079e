// The theme button: as the system, light, dark.

import { byId } from "./dom.js";

const NAMES = { auto: "as the system", light: "light", dark: "dark" };

export function startThemeButton() {
  const order = Object.keys(NAMES);
  const show = () => {
    const theme = document.documentElement.dataset.theme ?? "auto";
    byId("theme-name").textContent = `Theme: ${NAMES[theme]}`;
    byId("theme").title = `Theme: ${NAMES[theme]}`;
  };
  byId("theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme ?? "auto";
    set(order[(order.indexOf(theme) + 1) % order.length]);
    show();
  });
  show();
}

function set(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Storage is off: the choice holds until the page is closed.
  }
}
