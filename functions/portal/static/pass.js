// The pass on the screen: colour, shape and word for the eye; a QR of the current slot for the machine; gone when the slots end.
import { encode } from "./vendor/uqr.js";
import { call } from "./api.js";
import { h, say, t } from "./dom.js";

const SHAPES = {
  green: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM6.5 12l1.8-1.8 2.7 2.7 5.2-5.2L18 9.5l-7 7z",
  blue: "M3 3h18v18H3z",
  yellow: "M12 2l11 20H1z",
  red: "M8 2h8l6 6v8l-6 6H8l-6-6V8z",
  none: "M4 10h16v4H4z",
};
let ahead = 0; // server time minus this phone's, in milliseconds
let pack = null;
let shown = null;

export function showPass(main, mine) {
  shown = null;
  const box = h("section", { class: "pass none", "aria-label": t("pass") });
  main.append(box, h("button", { class: "plain", onclick: () => renew(box, mine) }, t("refresh")));
  renew(box, mine);
  const ticking = setInterval(() => (box.isConnected ? tick(box, mine) : clearInterval(ticking)), 250);
  navigator.wakeLock?.request("screen").catch(() => {});
}

async function renew(box, mine) {
  try {
    pack = await call("GET", `/passes/${mine}/tokens`);
    ahead = Date.parse(pack.server_time) - Date.now();
    pack.pass = await call("GET", `/passes/${mine}`);
    pack.failed = 0;
  } catch (problem) {
    if (pack) pack.failed = Date.now();
    say(problem.status ? problem.title : t("network"));
  }
  shown = null;
  tick(box, mine);
}

function tick(box, mine) {
  const now = Date.now() + ahead;
  const slot = pack?.slots.find((s) => Date.parse(s.since) <= now && now < Date.parse(s.until));
  if (slot?.token !== shown?.token || shown === null) draw(box, slot);
  shown = slot ?? {};
  box.querySelector("time").textContent = new Date(now).toLocaleTimeString(document.documentElement.lang, { hour12: false, timeZone: "Asia/Shanghai" });
  const left = pack ? Math.max(0, Math.round((Date.parse(pack.slots.at(-1).until) - now) / 1000)) : 0;
  box.querySelector(".left").textContent = pack?.failed && left ? `${t("offline")} ${left} ${t("seconds")}` : "";
  if (pack && !pack.asked && now >= Date.parse(pack.renew_at) && Date.now() - (pack.failed || 0) > 15000) {
    pack.asked = true;
    renew(box, mine).then(() => pack && (pack.asked = false));
  }
}

function draw(box, slot) {
  const colour = slot?.colour ?? "none";
  box.className = `pass ${colour}`;
  const word = slot ? t(`colour.${colour}`) : t("expired");
  const lane = h("button", { class: "lane", type: "button", "aria-label": t("moving"), onclick: () => lane.classList.toggle("back") }, h("i"));
  box.replaceChildren(
    h("p", { class: "word" }, shape(colour), h("span", {}, word)),
    slot?.token ? h("div", { class: "qr" }, picture(slot.token)) : "",
    h("p", {}, `${t("server-time")} `, h("time")),
    lane,
    h("p", { class: "left" }),
    slot && pack.pass ? reasons(pack.pass) : "",
  );
}

function reasons(pass) {
  const day = (moment) => new Date(moment).toLocaleString(document.documentElement.lang, { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "short" });
  return h(
    "ul",
    { class: "reasons" },
    pass.reasons.map((r) => h("li", {}, `${r.text}（${t("since")} ${day(r.since)}${r.until ? `，${t("until")} ${day(r.until)}` : ""}）`)),
    pass.permits.map((p) => h("li", {}, `${t("clearance")} ${p.places.join(", ")}，${t("until")} ${day(p.until)}`)),
  );
}

const svg = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

function shape(colour) {
  const picture = svg("svg", { class: "shape", viewBox: "0 0 24 24", "aria-hidden": "true" });
  picture.append(svg("path", { d: SHAPES[colour], fill: "currentColor", "fill-rule": "evenodd" }));
  return picture;
}

function picture(token) {
  const { size, data } = encode(token, { ecc: "M", minVersion: 6, border: 4 });
  let path = "";
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (data[y][x]) path += `M${x} ${y}h1v1h-1z`;
  const drawing = svg("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": "QR", "shape-rendering": "crispEdges" });
  drawing.append(svg("path", { d: path, fill: "#000" }));
  return drawing;
}
