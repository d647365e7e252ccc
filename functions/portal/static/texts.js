// What the page says: every word comes from zh-CN.json or en.json, every moment is told as the clock of Nanhai has it.
const LANGUAGES = ["zh-CN", "en"];
const KEPT = "nanhai.language";
const ZONE = "Asia/Shanghai";
let texts = {};

export const language = () => document.documentElement.lang;
export const other = () => LANGUAGES.find((one) => one !== language());
export const has = (key) => key in texts;

// The text under `key`, with {name} replaced by values.name.
export const t = (key, values = {}) => (texts[key] ?? key).replace(/{(\w+)}/g, (_, name) => values[name] ?? "");

// `chosen` is kept for the next visit; without it the language of the last one, or of the phone.
export async function speak(chosen) {
  if (chosen) localStorage.setItem(KEPT, chosen);
  const kept = localStorage.getItem(KEPT);
  const wanted = LANGUAGES.includes(kept) ? kept : navigator.language.startsWith("zh") ? "zh-CN" : "en";
  texts = await (await fetch(`${wanted}.json`)).json();
  document.documentElement.lang = wanted;
}

const told = (moment, options) =>
  new Intl.DateTimeFormat(language(), { timeZone: ZONE, ...options }).format(new Date(moment));
export const moment = (at) => told(at, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
export const day = (at) => told(at, { dateStyle: "medium" });
export const clock = (at) => told(at, { timeStyle: "medium", hourCycle: "h23" });

// "2026-11-25T17:40:00" at Nanhai's clock, as fields of date and time write it; and back to an instant with its offset.
const OFFSET = "+08:00";
const OFFSET_MS = 8 * 3_600_000;
export const toField = (at) => new Date(new Date(at).getTime() + OFFSET_MS).toISOString().slice(0, 19);
export const fromField = (written) => `${written.length === 16 ? `${written}:00` : written}${OFFSET}`;
