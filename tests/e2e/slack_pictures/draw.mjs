// Messages, modals and a home in scenes.json -> one HTML page on stdout, each in a box named by its id; it knows no product.
import fs from "node:fs";
import { createRequire } from "node:module";
import { createElement as h } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";

const require = createRequire(import.meta.url);
const css = fs.readFileSync(require.resolve("slack-blocks-to-jsx/dist/style.css"), "utf8");
const LOGO =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="6" fill="#1f4e5f"/>' +
      '<path d="M8 26h20M12 22l6-13 6 13" stroke="#fff" stroke-width="3" fill="none" stroke-linecap="round"/></svg>',
  );
const OURS = `
  body { margin: 0; background: #fff; font: 15px/1.46 "Liberation Sans", Arial, sans-serif; }
  .scene { width: max-content; padding: 14px; background: #fff; }
  .desk { max-width: 660px; } .desk.wide { width: 660px; } .phone { width: 352px; max-width: 352px; }
  .where { color: #616061; font-weight: bold; padding: 0 0 10px; border-bottom: 1px solid #ddd; margin-bottom: 8px; }
  .thread { margin: 4px 0 0 44px; border-left: 3px solid #ddd; padding-left: 8px; }
  .modal { border: 1px solid #bbb; border-radius: 8px; width: 520px; }
  .phone .modal { width: 350px; }
  .modal header, .modal footer { padding: 14px 20px; font-weight: 900; font-size: 18px; }
  .modal header { border-bottom: 1px solid #ddd; } .modal main { padding: 4px 20px; }
  .modal footer { text-align: right; font-size: 14px; border-top: 1px solid #ddd; }
  .modal footer span { border: 1px solid #bbb; border-radius: 4px; padding: 7px 12px; margin-left: 8px; display: inline-block; }
  .modal footer .send { background: #007a5a; border-color: #007a5a; color: #fff; }
  .ephemeral { color: #616061; font-size: 13px; padding: 2px 0 2px 44px; }
`;

const shown = (blocks, bare) =>
  h(Message, { blocks, name: "Rampcheck", logo: LOGO, time: new Date("2027-03-02T09:00"), theme: "light", withoutWrapper: bare });
const modal = (view) =>
  h("div", { className: "modal" },
    h("header", null, view.title.text),
    h("main", null, shown(view.blocks, true)),
    h("footer", null,
      h("span", null, view.close.text),
      view.submit && h("span", { className: "send" }, view.submit.text)));
const message = ({ blocks, thread }) =>
  h("div", null, shown(blocks), (thread ?? []).length > 0 && h("div", { className: "thread" }, thread.map((one) => shown(one))));
const scene = ({ id, width, where, only, messages, view, page }) =>
  h("div", { className: "scene", id },
    h("div", { className: view ? width : `${width} wide` },
      where && h("div", { className: "where" }, where),
      only && h("div", { className: "ephemeral" }, "Only visible to you"),
      (messages ?? []).map(message),
      page && shown(page.blocks, true),
      view && modal(view)));

const scenes = JSON.parse(fs.readFileSync("scenes.json", "utf8"));
const body = scenes.map((one) => renderToStaticMarkup(scene(one))).join("\n");
process.stdout.write(`<!doctype html><meta charset="utf-8"><style>${css}${OURS}</style><body>${body}</body>`);
