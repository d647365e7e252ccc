// Choosing one of several hundred communities by typing a part of its name: a combobox with a list (ARIA 1.2).
import { h, say } from "./dom.js";
import { described, field } from "./fields.js";
import { t } from "./texts.js";

const SHOWN_MAX = 100; // more than any town has

// places: [{code, name, town}, …]; the value is the chosen code, "" while none is.
export function community(name, label, places) {
  const list = h("ul", { role: "listbox", id: `${name}-list`, "aria-label": t("community-list"), hidden: true });
  const input = h("input", {
    id: name,
    name,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    ...described(name, t("community-hint")),
  });
  const picker = new Picker(input, list, places);
  return field(name, label, input, () => picker.chosen?.code ?? "", t("community-hint"), list);
}

const full = ({ town, name }) => `${town} ${name}`;

class Picker {
  constructor(input, list, places) {
    Object.assign(this, { input, list, places, chosen: null, active: -1 });
    input.addEventListener("input", () => this.search());
    input.addEventListener("click", () => this.search());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.leave());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
    list.addEventListener("click", (event) => this.choose(this.found[[...list.children].indexOf(event.target)]));
  }

  search() {
    const parts = this.input.value.trim().split(/\s+/);
    this.found = this.places.filter((place) => parts.every((part) => full(place).includes(part))).slice(0, SHOWN_MAX);
    if (this.chosen && full(this.chosen) !== this.input.value.trim()) this.chosen = null;
    this.list.replaceChildren(
      ...this.found.map((place, index) => h("li", { role: "option", id: `${this.list.id}-${index}` }, full(place))),
    );
    this.open(this.found.length > 0);
    this.activate(-1);
    say(t("communities-found", { count: this.found.length }));
  }

  press(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.search();
      const last = this.found.length - 1;
      if (key === "ArrowDown") this.activate(this.active < last ? this.active + 1 : 0);
      else this.activate(this.active > 0 ? this.active - 1 : last);
    } else if (key === "Enter" && !this.list.hidden && this.active >= 0) {
      event.preventDefault();
      this.choose(this.found[this.active]);
    } else if (key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.open(false);
    }
  }

  // Whoever typed enough for one community to remain has chosen it.
  leave() {
    if (!this.chosen && this.input.value.trim() && this.found?.length === 1) this.choose(this.found[0]);
    this.open(false);
  }

  choose(place) {
    if (!place) return;
    this.chosen = place;
    this.input.value = full(place);
    this.open(false);
    say(full(place));
  }

  activate(index) {
    this.active = index;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = this.list.children[index];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }
}
