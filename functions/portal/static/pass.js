// The pass on the screen. Colour, shape and word for the eye; for the machine the QR of the slot of now, from slots that
// were fetched ahead. When they end the QR is gone, whether or not there is a network.
import { call } from "./api.js";
import { keepAwake } from "./awake.js";
import * as clock from "./clock.js";
import { h, quiet, say } from "./dom.js";
import { boat, qr, shape } from "./face.js";
import { told } from "./form.js";
import { go } from "./go.js";
import { visit } from "./session.js";
import { clock as time, day, moment, t } from "./texts.js";

const TICK_MS = 200;
const TRY_AGAIN_MS = 10_000;
const packs = new Map(); // of each holder shown on the visit `owner`: {slots, renewAt, pass, askedAt, failed}
let owner = null;

// Shows the pass of `who`; throws the Problem when there is nothing to show.
export async function showPass(main, who) {
  await renew(who);
  const face = new Face(who);
  main.append(face.element);
  face.tick();
  const awake = keepAwake();
  const ticking = setInterval(() => {
    if (face.element.isConnected) return face.tick();
    clearInterval(ticking);
    awake.end();
  }, TICK_MS);
}

// The packs of this visit; those of an earlier one are forgotten.
function held() {
  if (owner !== visit()) packs.clear();
  owner = visit();
  return packs;
}

// An answer that comes after its visit has ended is dropped.
async function renew(who) {
  const pack = held().get(who) ?? {};
  const asking = visit();
  pack.askedAt = performance.now();
  try {
    const [tokens, pass] = await Promise.all([call("GET", `/passes/${who}/tokens`), call("GET", `/passes/${who}`)]);
    if (visit() !== asking) return;
    clock.set(tokens.server_time);
    Object.assign(pack, { slots: tokens.slots, renewAt: Date.parse(tokens.renew_at), pass, failed: null });
    held().set(who, pack);
  } catch (problem) {
    if (!held().has(who) || problem.status === 401 || problem.status === 404) throw problem;
    pack.failed = told(problem);
  }
}

class Face {
  constructor(who) {
    this.who = who;
    this.shown = null;
    this.word = h("p", { class: "word" });
    this.admits = h("p", { class: "admits" });
    this.qr = h("div", { class: "qr" });
    this.date = h("span");
    this.time = h("time", { role: "timer", "aria-label": t("server-time") });
    this.left = h("p", { class: "left" });
    this.reasons = h("div");
    const clock = h("p", { class: "clock" }, this.date, this.time);
    this.card = h(
      "section",
      { class: "pass none", "aria-label": t("pass") },
      this.word,
      this.admits,
      this.qr,
      clock,
      boat(),
      this.left,
    );
    const refresh = quiet(t("refresh"), () => this.renew());
    this.element = h("div", {}, this.card, refresh, this.reasons);
  }

  get pack() {
    return held().get(this.who);
  }

  tick() {
    if (!this.pack) return this.element.remove(); // its visit has ended
    const now = clock.now();
    const slot = this.pack.slots.find(({ since, until }) => Date.parse(since) <= now && now < Date.parse(until));
    if (slot !== this.shown) this.draw(slot);
    this.date.textContent = day(now);
    this.time.textContent = time(now);
    this.tellOffline(now);
    const due = now >= this.pack.renewAt || clock.hasJumped();
    if (due && performance.now() - this.pack.askedAt > TRY_AGAIN_MS) this.renew();
  }

  async renew() {
    try {
      await renew(this.who);
    } catch (problem) {
      if (problem.status === 404) go("#/"); // nobody's any more
    }
    if (this.element.isConnected) this.tick();
  }

  draw(slot) {
    const colour = slot?.colour ?? "none";
    const word = slot ? t(`colour.${colour}`) : t("ended");
    this.card.className = `pass ${colour}`;
    this.word.replaceChildren(shape(colour), h("span", {}, word));
    this.admits.textContent = slot ? t(`admits.${this.isCleared(slot) ? "cleared" : colour}`) : t("ended-hint");
    this.qr.replaceChildren(...(slot?.token ? [qr(slot.token)] : []));
    if (this.shown?.colour !== slot?.colour) say(`${word} ${this.admits.textContent}`);
    this.shown = slot;
    this.reasons.replaceChildren(...(slot?.colour === this.pack.pass.colour ? reasons(this.pack.pass) : []));
  }

  // Whether the community lets this yellow pass through somewhere for now.
  isCleared({ colour, since }) {
    return colour === "yellow" && this.pack.pass.permits.some(({ until }) => Date.parse(since) < Date.parse(until));
  }

  tellOffline(now) {
    const seconds = Math.ceil((Date.parse(this.pack.slots.at(-1).until) - now) / 1_000);
    const { failed } = this.pack;
    this.left.textContent = failed && seconds > 0 ? t("unreached", { failed, seconds }) : (failed ?? "");
  }
}

// Why it has this colour and where it lets through all the same.
export function reasons({ reasons, permits }) {
  const lines = [...reasons.map(because), ...permits.map(cleared)];
  return lines.length ? [h("ul", { class: "reasons" }, lines)] : [];
}

function because({ text, since, until }) {
  const span = until ? t("from-to", { from: moment(since), to: moment(until) }) : t("from", { from: moment(since) });
  return h("li", {}, text, h("small", {}, span));
}

const cleared = ({ places, until }) => h("li", {}, t("permit", { places: places.join(", "), until: moment(until) }));
