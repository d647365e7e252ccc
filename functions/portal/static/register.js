// Registration by real name, of oneself or of somebody one acts for: what was typed is proved by the register.
import { call } from "./api.js";
import * as clock from "./clock.js";
import { community } from "./community.js";
import { h, heading } from "./dom.js";
import { choice, text } from "./fields.js";
import { form } from "./form.js";
import { go } from "./go.js";
import { amend, session } from "./session.js";
import { t } from "./texts.js";

const ID_TYPES = ["10", "14", "15", "20", "34", "99"]; // resident, Hong Kong and Macao, Taiwan, passport, permanent resident, other

export async function showRegister(main) {
  main.append(heading(t("register")), h("p", {}, t("register-hint")));
  const { communities } = await configuration();
  const fields = [
    ...identity(),
    community("community", t("community"), communities),
    text("address", t("address"), { autocomplete: "street-address", maxlength: 200 }),
  ];
  main.append(form(fields, t("register"), register));
}

async function register(values, key) {
  const held = session();
  const answer = await call("POST", "/identity/persons", values, key);
  amend(held, { ...answer, registered: true });
  go("#/");
}

export const identity = () => [
  text("name", t("name"), { autocomplete: "name", maxlength: 50 }),
  choice(
    "id_type",
    t("id-type"),
    ID_TYPES.map((type) => [type, t(`id-type.${type}`)]),
  ),
  text("id_number", t("id-number"), {
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: 32,
  }),
];

// What the server says of itself before anybody has signed in; its time too.
export async function configuration() {
  const found = await call("GET", "/portal/configuration");
  clock.set(found.server_time);
  return found;
}
