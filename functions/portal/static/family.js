// The people one acts for: who they are, the colour of each one's pass, and adding another.
import { call } from "./api.js";
import * as clock from "./clock.js";
import { h, heading, link } from "./dom.js";
import { badge } from "./face.js";
import { check, choice, text } from "./fields.js";
import { form } from "./form.js";
import { go } from "./go.js";
import { passOrApply } from "./home.js";
import { configuration, identity } from "./register.js";
import { day, fromField, t, toField } from "./texts.js";

const RELATIONS = ["child", "parent", "grandparent", "grandchild", "spouse", "sibling", "ward"];
const CONSENT_DAYS = 365;
const DAY_MS = 86_400_000;

export async function showFamily(main) {
  main.append(heading(t("family")), h("p", {}, t("family-hint")));
  const { dependants } = await call("GET", "/identity/me");
  const colours = await Promise.all(dependants.map(({ person_id: who }) => colourOf(who)));
  const rows = dependants.map((dependant, index) => row(dependant, colours[index]));
  main.append(rows.length ? h("ul", { class: "cards" }, rows) : h("p", {}, t("nobody-yet")));
  main.append(h("p", { class: "links" }, link("#/family-add", t("family-add"))));
}

// null: there is no pass yet.
async function colourOf(who) {
  try {
    return (await call("GET", `/passes/${who}`)).colour;
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

function row({ person_id: who, name_masked: name, relation, until }, colour) {
  const told = h(
    "span",
    {},
    h("strong", {}, name),
    ` ${t(`relation.${relation}`)}`,
    h("br"),
    h("small", {}, t("acts-until", { until: day(until) })),
  );
  return h(
    "li",
    {},
    h("a", { href: `#/holder/${who}` }, told, colour ? badge(colour) : h("span", { class: "badge" }, t("no-pass-yet"))),
  );
}

export async function showHolder(main, who) {
  const { dependants } = await call("GET", "/identity/me");
  const dependant = dependants.find(({ person_id: id }) => id === who);
  if (!dependant) return go("#/family");
  main.append(heading(t("pass-of", { name: dependant.name_masked })));
  await passOrApply(main, who, "dependant");
  if (main.querySelector(".pass"))
    main.append(
      h("p", { class: "links" }, link(`#/declare/${who}`, t("declare")), link(`#/why/${who}`, t("why-link"))),
    );
}

export async function showAdd(main) {
  main.append(heading(t("family-add")), h("p", {}, t("family-add-hint")));
  await configuration(); // for the server's time
  const latest = toField(clock.now() + CONSENT_DAYS * DAY_MS).slice(0, 10);
  const fields = [
    ...identity(),
    choice(
      "relation",
      t("relation"),
      RELATIONS.map((relation) => [relation, t(`relation.${relation}`)]),
    ),
    text("until", t("consent-until"), {
      type: "date",
      value: latest,
      max: latest,
      min: toField(clock.now()).slice(0, 10),
      read: endOfDay,
    }),
    check("consent", t("consent")),
  ];
  main.append(form(fields, t("family-add"), add));
}

async function add(values, key) {
  const { person_id: who } = await call("POST", "/identity/me/dependants", values, key);
  await call("POST", `/passes/${who}`, { holder: "dependant" }).catch(() => {}); // the holder's page offers it again
  go(`#/holder/${who}`);
}

const endOfDay = (date) => date && fromField(`${date}T23:59`);
