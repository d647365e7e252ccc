// The daily health declaration.
import { call } from "./api.js";
import { h, heading, link, say } from "./dom.js";
import { several, text } from "./fields.js";
import { form } from "./form.js";
import { t } from "./texts.js";

const SYMPTOMS = [
  "fever",
  "cough",
  "fatigue",
  "breathless",
  "chest-pain",
  "sore-throat",
  "headache",
  "muscle-pain",
  "diarrhoea",
  "conjunctivitis",
  "loss-of-smell",
];

export function showDeclare(main, who = "me") {
  const fields = [
    text("temperature_c", t("temperature"), {
      hint: t("temperature-hint"),
      inputmode: "decimal",
      autocomplete: "off",
      maxlength: 5,
      read: degrees,
    }),
    several(
      "symptoms",
      t("symptoms"),
      SYMPTOMS.map((code) => [code, t(`symptom.${code}`)]),
    ),
  ];
  const sheet = form(fields, t("declare-submit"), async (values, key) => {
    await call("POST", `/passes/${who}/declarations`, values, key);
    const back = link(who === "me" ? "#/" : `#/holder/${who}`, t("to-pass"));
    main.replaceChildren(heading(t("declared")), h("p", {}, t("declared-hint")), h("p", { class: "links" }, back));
    say(t("declared"));
    main.querySelector("h1").focus();
  });
  main.append(heading(t("declare")), h("p", {}, t("declare-hint")), sheet);
}

// Nothing typed: not measured. What is no number goes to the server as it is, which says so at the field.
function degrees(typed) {
  const written = typed.trim().replace(/[,，。]/, ".");
  if (written === "") return null;
  return Number.isFinite(Number(written)) ? Number(written) : written;
}
