// What comes first: sign in, then register, then apply, then the pass.
import { call } from "./api.js";
import { h, heading, link } from "./dom.js";
import { form } from "./form.js";
import { go } from "./go.js";
import { showPass } from "./pass.js";
import { showRegister } from "./register.js";
import { isCitizen, isStaff, session } from "./session.js";
import { showSignIn } from "./signin.js";
import { t } from "./texts.js";

export async function showHome(main) {
  if (isStaff()) return go("#/gate");
  if (!isCitizen()) return showSignIn(main);
  if (!session().registered) return showRegister(main);
  main.append(heading(t("pass")));
  await passOrApply(main, "me", "person");
  if (main.querySelector(".pass"))
    main.append(h("p", { class: "links" }, link("#/declare", t("declare")), link("#/why/me", t("why-link"))));
}

// The pass of `who`, or how to apply for it.
export async function passOrApply(main, who, holder) {
  try {
    await showPass(main, who);
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    main.append(
      h("p", {}, t("no-pass")),
      form([], t("apply"), (_, key) => apply(who, holder, key)),
    );
  }
}

async function apply(who, holder, key) {
  await call("POST", `/passes/${who}`, { holder }, key);
  dispatchEvent(new Event("hashchange"));
}
