// Signing in by a code that comes as a text message. A wrong code is told at its field.
import { call } from "./api.js";
import { h, heading, link, say } from "./dom.js";
import { text } from "./fields.js";
import { form } from "./form.js";
import { go } from "./go.js";
import { device, keep } from "./session.js";
import { t } from "./texts.js";

const OF_THE_CODE = new Set(["identity.code-wrong", "identity.code-expired"]);

export function showSignIn(main) {
  const second = h("div", { hidden: true });
  const phone = text("phone", t("phone"), {
    type: "tel",
    autocomplete: "tel-national",
    inputmode: "tel",
    maxlength: 20,
    read: international,
  });
  const first = form([phone], t("send-code"), async (values) => {
    const sent = await call("POST", "/identity/codes", { ...values, purpose: "sign-in", device: device() });
    const code = codeField();
    second.replaceChildren(
      h("p", {}, t("code-sent", { phone: values.phone })),
      form([code], t("sign-in"), open(sent.challenge_id, values.phone)),
    );
    second.hidden = false;
    first.querySelector("button").textContent = t("send-again");
    say(t("code-sent", { phone: values.phone }));
    code.control.focus();
  });
  main.append(
    heading(t("sign-in")),
    h("p", {}, t("sign-in-hint")),
    first,
    second,
    h("p", { class: "links" }, link("#/gate", t("staff-sign-in"))),
  );
}

const codeField = () => text("code", t("code"), { inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6 });

const open =
  (challenge, phone) =>
  async ({ code }) => {
    try {
      keep(await call("POST", "/identity/sessions", { challenge_id: challenge, phone, code, device: device() }));
    } catch (problem) {
      if (OF_THE_CODE.has(problem.code)) problem.errors = [{ pointer: "/code", detail: problem.message }];
      throw problem;
    }
    go("#/");
  };

// As people write their number: with blanks or hyphens, with +86 or without.
function international(typed) {
  const digits = typed.replace(/[\s-]/g, "");
  return digits.startsWith("+") ? digits : `+86${digits}`;
}
