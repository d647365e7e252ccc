// The guard's page: camera, picture or typed code in; a loud verdict out. What cannot be read is never a pass.
import { call, device, keep, session } from "./api.js";
import { form, h, say, t } from "./dom.js";

export function showScan(main) {
  if (session()?.kind !== "staff") return main.append(h("h2", {}, t("staff-sign-in")), signIn());
  const verdict = h("section", { class: "pass none", "aria-live": "assertive", hidden: true });
  main.append(
    h("h2", {}, t("scan")),
    "BarcodeDetector" in window ? reader(verdict) : h("p", {}, t("no-camera")),
    form([{ name: "token", label: t("token"), autocapitalize: "characters", autocomplete: "off" }], t("check"), (v) => check(v.token, verdict)),
    verdict,
  );
}

function signIn() {
  const fields = [
    { name: "staff_id", label: t("staff-id"), autocomplete: "username" },
    { name: "password", label: t("password"), type: "password", autocomplete: "current-password" },
    { name: "totp", label: t("totp"), inputmode: "numeric", autocomplete: "one-time-code" },
  ];
  return form(fields, t("sign-in"), async (values) => {
    keep({ ...(await call("POST", "/identity/staff/sessions", { ...values, device: device() })), kind: "staff" });
    location.reload();
  });
}

async function check(token, box) {
  const answer = await call("POST", "/checkpoints/scans", { token: token.trim() }).catch((problem) => {
    say(problem.status ? problem.title : t("network"));
    return { verdict: "cannot-verify", colour: "none" };
  });
  box.hidden = false;
  box.className = `pass ${answer.colour}`;
  const word = [t(`verdict.${answer.verdict}`), t(`colour.${answer.colour}`), answer.name].filter(Boolean).join(" · ");
  box.replaceChildren(h("p", { class: "word" }, word), h("p", {}, answer.reason ?? ""));
  navigator.vibrate?.(answer.verdict.startsWith("admit") ? 80 : [200, 100, 200]);
}

function reader(box) {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const video = h("video", { playsinline: true, muted: true, hidden: true });
  const toggle = h("button", { type: "button", onclick: () => (video.srcObject ? stop(video, toggle) : start(video, toggle, detector, box)) }, t("start-camera"));
  const file = h("input", { type: "file", accept: "image/*", onchange: () => fromPicture(detector, file, box) });
  return h("div", {}, video, toggle, h("label", {}, t("picture"), file));
}

async function start(video, toggle, detector, box) {
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.hidden = false;
  await video.play();
  toggle.textContent = t("stop-camera");
  let last = "";
  while (video.srcObject && video.isConnected) {
    const [code] = await detector.detect(video).catch(() => []);
    if (code && code.rawValue !== last) await check((last = code.rawValue), box);
    await new Promise((rest) => setTimeout(rest, 200));
  }
  stop(video, toggle);
}

function stop(video, toggle) {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  video.hidden = true;
  toggle.textContent = t("start-camera");
}

async function fromPicture(detector, file, box) {
  const [code] = await detector.detect(await createImageBitmap(file.files[0])).catch(() => []);
  await check(code?.rawValue ?? "", box);
}
