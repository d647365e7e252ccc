// The fields of a form. Each: {name, element, control, error, value()}; `control` is what is focused when it is at fault.
import { h } from "./dom.js";

export function text(name, label, { hint, read = (typed) => typed.trim(), ...attributes } = {}) {
  const control = h("input", { id: name, name, type: "text", ...described(name, hint), ...attributes });
  return field(name, label, control, () => read(control.value), hint);
}

// options: [[value, text], …]
export function choice(name, label, options) {
  const control = h(
    "select",
    { id: name, name, ...described(name) },
    options.map(([value, shown]) => h("option", { value }, shown)),
  );
  return field(name, label, control, () => control.value);
}

export function check(name, label) {
  const control = h("input", { id: name, name, type: "checkbox", ...described(name) });
  const error = message(name);
  const element = h("div", { class: "field" }, h("label", { class: "check" }, control, h("span", {}, label)), error);
  return { name, element, control, error, value: () => control.checked };
}

// Any number of options; the value is the list of those chosen.
export function several(name, label, options) {
  const boxes = options.map(([value, shown]) =>
    h("label", { class: "check" }, h("input", { type: "checkbox", name, value }), h("span", {}, shown)),
  );
  const error = message(name);
  const element = h(
    "fieldset",
    { class: "field", ...described(name) },
    h("legend", {}, label),
    h("div", { class: "several" }, boxes),
    error,
  );
  const value = () => [...element.querySelectorAll(":checked")].map((box) => box.value);
  return { name, element, control: element.querySelector("input"), error, value };
}

// A field around any control that has the id `name`.
export function field(name, label, control, value, hint, ...beside) {
  const error = message(name);
  const told = hint && h("p", { class: "hint", id: `${name}-hint` }, hint);
  const element = h("div", { class: "field" }, h("label", { for: name }, label), told, control, ...beside, error);
  return { name, element, control, error, value };
}

export const described = (name, hint) => ({
  "aria-describedby": hint ? `${name}-hint ${name}-error` : `${name}-error`,
});
const message = (name) => h("p", { class: "error", id: `${name}-error` });
