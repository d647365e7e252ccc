// Which colour a pass had at an instant, by which rules and from which records; and what it was before.
import { call } from "./api.js";
import { h, heading } from "./dom.js";
import { badge } from "./face.js";
import { text } from "./fields.js";
import { form } from "./form.js";
import { reasons as lines } from "./pass.js";
import { fromField, has, moment, t, toField } from "./texts.js";

const CHANGES_MAX = 20;

export async function showWhy(main, who = "me") {
  const answer = h("section", { "aria-live": "polite" });
  const at = text("at", t("why-at"), { type: "datetime-local", step: 1, read: (typed) => typed && fromField(typed) });
  const explain = async (instant) => {
    const found = await call("GET", `/passes/${who}/explanation${instant && `?at=${encodeURIComponent(instant)}`}`);
    at.control.value = toField(found.at);
    answer.replaceChildren(...told(found));
  };
  const sheet = form([at], t("why-submit"), (values) => explain(values.at));
  main.append(heading(t("why")), h("p", {}, t("why-hint")), sheet, answer);
  await explain("");
  const ask = (instant) => {
    at.control.value = toField(instant);
    sheet.requestSubmit();
  };
  main.append(...(await past(who, ask)));
}

function told({ at, colour, reasons, permits, policy }) {
  const because = reasons.flatMap((reason) => [
    ...lines({ reasons: [reason], permits: [] }),
    h("ul", { class: "cards" }, reason.records.map(record)),
  ]);
  return [
    h("p", { class: "answer" }, `${moment(at)} `, badge(colour)),
    ...(because.length ? because : [h("p", {}, t("no-reason"))]),
    ...lines({ reasons: [], permits }),
    h("p", {}, t("policy", { version: policy })),
  ];
}

function record({ class: kind, happened_at: happened, recorded_at: recorded, source, legal_basis: basis, fact }) {
  const measured = fact.temperature_c != null && `${fact.temperature_c} ℃`;
  const felt = (fact.codes ?? []).map((code) => t(`symptom.${code}`));
  const rows = [
    ["record", [t(`class.${kind}`), measured, ...felt].filter(Boolean).join(" · ")],
    ["happened", moment(happened)],
    ["recorded", moment(recorded)],
    ["source", t(`source.${source}`)],
    ["legal-basis", has(`basis.${basis}`) ? t(`basis.${basis}`) : basis],
  ];
  const row = ([term, value]) => h("p", {}, h("span", {}, t(term)), " ", value);
  return h("li", {}, h("div", {}, rows.map(row)));
}

async function past(who, ask) {
  const { changes } = await call("GET", `/passes/${who}/history?limit=${CHANGES_MAX}`);
  const row = ({ at, colour }) =>
    h("li", {}, h("button", { type: "button", onclick: () => ask(at) }, moment(at), badge(colour)));
  return changes.length ? [h("h2", {}, t("past")), h("ul", { class: "cards" }, changes.map(row))] : [];
}
