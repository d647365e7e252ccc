// What the holder was told, of the pass and of everything else, newest first.
import { call } from "./api.js";
import { h, heading, quiet } from "./dom.js";
import { badge } from "./face.js";
import { moment, t } from "./texts.js";

export async function showNotices(main) {
  const list = h("ul", { class: "cards" });
  main.append(heading(t("notices")), h("p", {}, t("notices-hint")), list);
  await more(main, list, null);
  if (!list.firstChild) main.append(h("p", {}, t("no-notices")));
}

async function more(main, list, cursor) {
  const { notices, next } = await call(
    "GET",
    `/identity/me/notices${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`,
  );
  list.append(...notices.map(row));
  if (!next) return;
  const button = quiet(t("more"), async () => {
    button.remove();
    await more(main, list, next);
  });
  main.append(button);
}

function row({ at, text, colour, until, reasons }) {
  if (!colour) return h("li", {}, h("div", {}, h("p", {}, h("time", { datetime: at }, moment(at))), h("p", {}, text)));
  const why = reasons.map(({ text }) => text).join(" ");
  const ends = until && t("notice-until", { until: moment(until) });
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("p", {}, badge(colour), " ", h("time", { datetime: at }, moment(at))),
      why && h("p", {}, why),
      ends && h("p", {}, ends),
    ),
  );
}
