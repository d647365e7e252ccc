// The frame around every page: which one the address names, the navigation, the language, and failures that no page took.
import { call } from "./api.js";
import { showDeclare } from "./declare.js";
import { h, link, quiet, say } from "./dom.js";
import { showAdd, showFamily, showHolder } from "./family.js";
import { told } from "./form.js";
import { go } from "./go.js";
import { showHome } from "./home.js";
import { showNotices } from "./notices.js";
import { isStaff, keep, onOtherVisit, session } from "./session.js";
import { other, speak, t } from "./texts.js";
import { showWhy } from "./why.js";

const FIRST = "pass";
const PAGES = {
  pass: showHome,
  declare: showDeclare,
  family: showFamily,
  "family-add": showAdd,
  holder: showHolder,
  why: showWhy,
  notices: showNotices,
  gate: async (...page) => (await import("./gate.js")).showGate(...page), // only guards load the scanner
};

addEventListener("hashchange", () => route());
addEventListener("signed-out", () => route(t("signed-out")));
onOtherVisit(() => route());
begin();

async function begin() {
  document.getElementById("skip").addEventListener("click", skip);
  await speak();
  await show();
}

// The address names a page here, so the browser's own jump would lead away from this one.
function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

// To where the address points, as somebody who moved there: the reader of a screen is taken to the heading.
async function route(message) {
  const stage = await show(message);
  if (stage.isConnected) (stage.querySelector("h1") ?? stage).focus({ preventScroll: true });
}

// "#/holder/0123" → the page "holder", shown with "0123".
async function show(message) {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const stage = h("div", { tabindex: "-1" }, message && alert(message));
  frame(name || FIRST);
  say("");
  const main = document.getElementById("main");
  main.replaceChildren(stage);
  main.ariaBusy = "true";
  scrollTo(0, 0);
  try {
    await (PAGES[name || FIRST] ?? showHome)(stage, ...rest);
  } catch (problem) {
    stage.append(
      alert(told(problem)),
      quiet(t("again"), () => route()),
    );
  }
  if (stage.isConnected) main.ariaBusy = "false";
  return stage;
}

const alert = (text) => h("p", { class: "error", role: "alert" }, text);

function frame(current) {
  document.title = t("title");
  document.getElementById("skip").textContent = t("skip");
  const brand = h("p", { class: "brand" }, h("strong", {}, t("title")), h("span", {}, t("subtitle")));
  const language = quiet(t("other-language"), changeLanguage);
  language.lang = other();
  const out = session() && quiet(t("sign-out"), signOut);
  document.getElementById("header").replaceChildren(...[brand, language, out, navigation(current)].filter(Boolean));
}

function navigation(current) {
  const links = places().map((page) => link(`#/${page}`, t(page), { "aria-current": page === current && "page" }));
  return links.length ? h("nav", { "aria-label": t("navigation") }, links) : null;
}

function places() {
  if (isStaff()) return ["gate"];
  return session()?.registered ? ["pass", "family", "notices"] : [];
}

async function changeLanguage() {
  await speak(other());
  await show();
  document.querySelector("#header [lang]").focus();
}

async function signOut() {
  await call("DELETE", "/identity/sessions/current").catch(() => {}); // signed out here all the same
  keep(null);
  go("#/");
}
