// Elements without a framework.
const SVG = "http://www.w3.org/2000/svg";

// h("a", {href: "#/", onclick: go}, "text", child, …); null and false are left out.
export function h(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child != null && child !== false));
  return element;
}

// Told to whoever listens; what is to be seen stands in the page.
export const say = (text) => {
  document.getElementById("status").textContent = text;
};

export const heading = (text) => h("h1", { tabindex: "-1" }, text);
export const link = (href, text, attributes = {}) => h("a", { href, class: "button", ...attributes }, text);
export const quiet = (text, onclick) => h("button", { type: "button", class: "quiet", onclick }, text);
