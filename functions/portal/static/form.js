// A form: what the server finds wrong stands at the field that its JSON pointer names, and the first of them is focused.
import { newKey } from "./api.js";
import { h, say } from "./dom.js";
import { t } from "./texts.js";

const CONFLICT = 409;

// submit(values, key) → promise. The key stays the same for the same values until an answer says what became of them, so
// that a request whose answer was lost can be sent again without taking effect twice.
export function form(fields, label, submit) {
  const alert = h("p", { class: "error", role: "alert" });
  const button = h("button", { type: "submit" }, label);
  const element = h(
    "form",
    { novalidate: true },
    fields.map((field) => field.element),
    alert,
    button,
  );
  let attempt = null;

  async function send() {
    clear(fields, alert);
    const values = Object.fromEntries(fields.map((field) => [field.name, field.value()]));
    const content = JSON.stringify(values);
    if (attempt?.content !== content) attempt = { content, key: newKey() };
    try {
      await submit(values, attempt.key);
      attempt = null;
    } catch (problem) {
      if (isSettled(problem)) attempt = null;
      show(fields, alert, problem);
    }
  }

  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true"); // it keeps the focus, as a disabled one would not
    await send();
    button.removeAttribute("aria-disabled");
  });
  return element;
}

// Whether the server certainly did nothing. No answer, trouble on the way, or the same request still at work: it may have.
const isSettled = ({ status }) => status >= 400 && status < 500 && status !== CONFLICT;

// What to tell of a failure that has no field.
export function told(problem) {
  if (problem.status === undefined) throw problem; // a fault of this page, not of the call
  return problem.status === 0 ? t("network") : problem.message || t("trouble");
}

function clear(fields, alert) {
  say("");
  alert.textContent = "";
  for (const { control, error } of fields) {
    control.removeAttribute("aria-invalid");
    error.textContent = "";
  }
}

function show(fields, alert, problem) {
  const summary = told(problem);
  const elsewhere = problem.errors.length ? [] : [summary];
  for (const { pointer, detail } of problem.errors) {
    const field = fields.find(({ name }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
    if (field) mark(field, detail);
    else elsewhere.push(detail);
  }
  alert.textContent = elsewhere.join(" ");
  fields.find(({ control }) => control.hasAttribute("aria-invalid"))?.control.focus();
}

function mark({ control, error }, detail) {
  control.setAttribute("aria-invalid", "true");
  error.textContent = error.textContent ? `${error.textContent} ${detail}` : detail;
}
