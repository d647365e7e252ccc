// Elements without a framework, and forms whose problems stand at their fields.
let texts = {};
export const t = (key) => texts[key] ?? key;
export async function speak(language) {
  texts = await (await fetch(`${language}.json`)).json();
  document.documentElement.lang = language;
}

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

export const say = (text) => (document.getElementById("status").textContent = text);

// fields: [{name, label, type, ...attributes}]; submit(values) → promise. Problems are shown at the field their pointer names.
export function form(fields, label, submit) {
  const inputs = fields.map((field) => ({ field, input: control(field), error: h("p", { class: "error", id: `e-${field.name}` }) }));
  const button = h("button", { type: "submit" }, label);
  const element = h("form", { novalidate: true }, inputs.map(({ field, input, error }) => h("label", {}, field.label, input, error)), button);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    clear(inputs);
    try {
      await submit(Object.fromEntries(inputs.map(({ field, input }) => [field.name, read(field, input)])));
    } catch (problem) {
      show(inputs, problem);
    } finally {
      button.disabled = false;
    }
  });
  return element;
}

function control({ name, label, options, ...attributes }) {
  if (!options) return h("input", { name, "aria-describedby": `e-${name}`, ...attributes });
  return h("select", { name, "aria-describedby": `e-${name}` }, options.map(([value, text]) => h("option", { value }, text)));
}

const read = (field, input) => (field.type === "number" ? Number(input.value) : input.value.trim());

function clear(inputs) {
  say("");
  for (const { input, error } of inputs) {
    input.removeAttribute("aria-invalid");
    error.textContent = "";
  }
}

function show(inputs, problem) {
  const faults = problem.errors ?? [];
  let first = null;
  for (const { pointer, detail } of faults) {
    const at = inputs.find(({ field }) => pointer === `/${field.name}`);
    if (!at) continue;
    at.input.setAttribute("aria-invalid", "true");
    at.error.textContent = detail;
    first ??= at.input;
  }
  say(problem.status ? [problem.title, ...(first ? [] : faults.map((f) => f.detail))].join(" ") : t("network"));
  first?.focus();
}
