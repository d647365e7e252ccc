// The guard's page: camera, picture or typed code in, a loud verdict out. What cannot be read is never a pass.
import { call } from "./api.js";
import { keepAwake } from "./awake.js";
import { h, heading } from "./dom.js";
import { openEye, readPicture } from "./eye.js";
import { text } from "./fields.js";
import { form, told } from "./form.js";
import { go } from "./go.js";
import { device, isStaff, keep, session } from "./session.js";
import { t } from "./texts.js";
import { Verdict } from "./verdict.js";

const SAME_AGAIN_MS = 4_000; // a code that stays before the camera is one scan

export function showGate(main) {
  if (!isStaff()) return signIn(main);
  main.append(heading(t("gate")));
  if (session().role !== "guard") return main.append(h("p", {}, t("not-a-guard")));
  main.append(h("p", {}, t("gate-of", { gate: session().gate })));
  return scanner(main);
}

function signIn(main) {
  const fields = [
    text("staff_id", t("staff-id"), {
      autocomplete: "username",
      autocapitalize: "none",
      spellcheck: "false",
      maxlength: 64,
    }),
    text("password", t("password"), {
      type: "password",
      autocomplete: "current-password",
      maxlength: 200,
      read: (typed) => typed,
    }),
    text("totp", t("totp"), {
      hint: t("totp-hint"),
      inputmode: "numeric",
      autocomplete: "one-time-code",
      maxlength: 6,
    }),
  ];
  const open = async (values) => {
    keep(await call("POST", "/identity/staff/sessions", { ...values, device: device() }));
    go("#/gate");
  };
  main.append(heading(t("staff-sign-in")), form(fields, t("sign-in"), open));
}

function scanner(main) {
  const verdict = new Verdict(() => typed.control.focus());
  const check = (token) => checked(token, verdict);
  const typed = text("token", t("token"), {
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    read: (value) => value,
  });
  const sheet = form([typed], t("check"), async ({ token }) => {
    if (token) await check(token);
    typed.control.value = "";
  });
  main.append(verdict.element, camera(check, main), picture(check, verdict), sheet);
}

async function checked(token, verdict) {
  try {
    verdict.show(await call("POST", "/checkpoints/scans", { token }));
  } catch (problem) {
    if (problem.status !== 401) verdict.cannot(told(problem)); // else this page is gone already
  }
}

function picture(check, verdict) {
  const input = h("input", { id: "picture", type: "file", accept: "image/*" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    const token = await readPicture(file).catch(() => null);
    input.value = "";
    if (token === null) verdict.cannot(t("unreadable"));
    else await check(token);
  });
  return h("div", { class: "field" }, h("label", { for: "picture" }, t("picture")), input);
}

function camera(check, main) {
  if (!navigator.mediaDevices) return h("p", { class: "hint" }, t("no-camera"));
  const video = h("video", { playsinline: true, muted: true, hidden: true, "aria-label": t("camera") });
  const button = h("button", { type: "button" }, t("camera-open"));
  const refusal = h("p", { class: "error", role: "alert" });
  let eye = null;
  const close = () => {
    eye?.close();
    eye = null;
    video.hidden = true;
    button.textContent = t("camera-open");
  };
  button.addEventListener("click", async () => {
    if (eye) return close();
    refusal.textContent = "";
    try {
      eye = await openEye(video, once(check), () => main.isConnected, keepAwake());
    } catch (refused) {
      refusal.textContent = t(refused.name === "NotAllowedError" ? "camera-refused" : "no-camera");
      return;
    }
    video.hidden = false;
    button.textContent = t("camera-close");
  });
  return h("div", { class: "camera" }, video, button, refusal);
}

function once(check) {
  let last = { token: null, at: 0 };
  return async (token) => {
    if (token === last.token && performance.now() - last.at < SAME_AGAIN_MS) return;
    last = { token, at: performance.now() };
    await check(token);
    last.at = performance.now();
  };
}
