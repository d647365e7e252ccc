// The first page: sign in, register, apply, show, declare; and the guard's scan.
import { call, device, keep, session } from "./api.js";
import { form, h, say, speak, t } from "./dom.js";
import { showPass } from "./pass.js";
import { showScan } from "./scan.js";

const main = document.getElementById("main");
const PAGES = { "#/scan": showScan, "#/sign-in": showSignIn, "#/register": showRegister, "#/declare": showDeclare };
let configuration = null;

addEventListener("hashchange", route);
begin();

async function begin() {
  await speak(localStorage.getItem("nanhai.language") ?? (navigator.language.startsWith("zh") ? "zh-CN" : "en"));
  configuration = await call("GET", "/portal/configuration").catch(() => null);
  route();
}

function route() {
  document.getElementById("title").textContent = document.title = t("title");
  document.getElementById("skip").textContent = t("skip");
  document.getElementById("nav").replaceChildren(...links());
  say("");
  main.replaceChildren();
  (PAGES[location.hash] ?? home)(main);
}

function links() {
  const language = h("button", { class: "plain", onclick: changeLanguage }, t("language"));
  const out = session() && h("button", { class: "plain", onclick: signOut }, t("sign-out"));
  return [h("a", { href: "#/" }, t("pass")), h("a", { href: "#/scan" }, t("scan")), language, out].filter(Boolean);
}

async function changeLanguage() {
  const next = document.documentElement.lang === "en" ? "zh-CN" : "en";
  localStorage.setItem("nanhai.language", next);
  await speak(next);
  route();
}

async function signOut() {
  await call("DELETE", "/identity/sessions/current").catch(() => {});
  keep(null);
  location.hash = "#/sign-in";
  route();
}

async function home() {
  const held = session();
  if (!held || held.kind === "staff") return showSignIn(main);
  if (!held.registered) return showRegister(main);
  try {
    const pass = await call("GET", "/passes/me");
    if (pass.record_version && pass.policy) {
      main.append(h("h2", {}, t("pass")));
      showPass(main, "me");
      return main.append(h("p", {}, h("a", { href: "#/declare" }, t("declare"))));
    }
  } catch (problem) {
    if (problem.status === 401) return showSignIn(main);
    if (problem.status !== 404) return say(problem.status ? problem.title : t("network"));
  }
  main.append(h("h2", {}, t("apply")), form([], t("apply"), apply));
}

async function apply() {
  await call("POST", "/passes/me", { holder: "person" });
  say(t("applying"));
  setTimeout(route, 800);
}

function showSignIn() {
  let challenge = null;
  const codeForm = form([{ name: "code", label: t("code"), inputmode: "numeric", maxlength: 6, autocomplete: "one-time-code" }], t("sign-in"), async ({ code }) => {
    keep({ ...(await call("POST", "/identity/sessions", { ...challenge, code, device: device() })), kind: "citizen" });
    location.hash = "#/";
    route();
  });
  const phoneForm = form([{ name: "phone", label: t("phone"), type: "tel", autocomplete: "tel" }], t("send-code"), async ({ phone }) => {
    const full = phone.startsWith("+") ? phone : `+86${phone}`;
    challenge = { challenge_id: (await call("POST", "/identity/codes", { phone: full, purpose: "sign-in" })).challenge_id, phone: full };
    say(t("code-sent"));
    codeForm.hidden = false;
    codeForm.querySelector("input").focus();
  });
  codeForm.hidden = true;
  main.append(h("h2", {}, t("sign-in")), phoneForm, codeForm);
}

function showRegister() {
  const communities = (configuration?.communities ?? []).map(({ code, name, town }) => [code, `${town} ${name}`]);
  const fields = [
    { name: "name", label: t("name"), autocomplete: "name" },
    { name: "id_number", label: t("id-number"), autocomplete: "off" },
    { name: "community", label: t("community"), options: communities },
    { name: "address", label: t("address"), autocomplete: "street-address" },
  ];
  main.append(h("h2", {}, t("register")), form(fields, t("register-submit"), async (values) => {
    const answer = await call("POST", "/identity/persons", { ...values, id_type: "10" });
    keep({ ...session(), ...answer, registered: true });
    location.hash = "#/";
    route();
  }));
}

function showDeclare() {
  const fields = [{ name: "temperature_c", label: t("temperature"), type: "number", step: "0.1", min: 35, max: 42, inputmode: "decimal" }];
  const symptoms = ["fever", "cough", "fatigue"].map((name) => h("label", {}, h("input", { type: "checkbox", value: name }), t(`symptom.${name}`)));
  const set = h("fieldset", {}, h("legend", {}, t("symptoms")), symptoms);
  const declare = form(fields, t("declare-submit"), async ({ temperature_c }) => {
    const chosen = [...set.querySelectorAll(":checked")].map((box) => box.value);
    await call("POST", "/passes/me/declarations", { temperature_c, symptoms: chosen });
    location.hash = "#/";
    setTimeout(() => say(t("declared")), 300);
  });
  declare.lastChild.before(set);
  main.append(h("h2", {}, t("declare")), declare);
}
