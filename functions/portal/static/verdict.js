// What the guard is told: a colour, a sign, a word, a sound and a shake, each enough by itself.
import { h, quiet, svg } from "./dom.js";
import { badge } from "./face.js";
import { clock, t } from "./texts.js";

const SIGNS = {
  admit: "M4 12.5l5.5 5.5L20 6.5",
  "admit-temporary": "M4 12.5l5.5 5.5L20 6.5M4 22h16",
  hold: "M8 4v16M16 4v16",
  refuse: "M5 5l14 14M19 5L5 19",
  "cannot-verify": "M7 8.5a5 5 0 1 1 7 4.6q-2 1-2 3.4M12 21v.1",
};
// [hertz, seconds] one after the other; and milliseconds of shaking and rest.
const SOUNDS = {
  admit: [[[880, 0.12]], [80]],
  "admit-temporary": [
    [
      [880, 0.1],
      [1_175, 0.14],
    ],
    [80, 60, 80],
  ],
  hold: [
    [
      [440, 0.18],
      [440, 0.18],
    ],
    [200, 100, 200],
  ],
  refuse: [[[220, 0.5]], [600]],
  "cannot-verify": [
    [
      [330, 0.12],
      [262, 0.12],
      [330, 0.12],
      [262, 0.12],
    ],
    [120, 60, 120, 60, 120],
  ],
};

export class Verdict {
  // `next` is called when the guard goes on to the next holder.
  constructor(next) {
    this.next = next;
    this.element = h("section", { class: "verdict", role: "alert", hidden: true });
  }

  show({ verdict, colour, reason, name, copied, server_time: at }) {
    this.element.className = `verdict ${colour}`;
    this.element.dataset.verdict = verdict;
    this.element.hidden = false;
    const sign = svg(
      "svg",
      { class: "sign", viewBox: "0 0 24 24", "aria-hidden": "true" },
      svg("path", { d: SIGNS[verdict] }),
    );
    const go = quiet(t("next"), () => this.clear());
    this.element.replaceChildren(
      sign,
      h("p", { class: "word" }, t(`verdict.${verdict}`)),
      h("p", { class: "admits" }, t(`verdict-hint.${verdict}`)),
      ...(colour === "none" ? [] : [h("p", {}, badge(colour), name ? ` ${name}` : "")]),
      ...(copied ? [h("p", { class: "copied" }, t("copied"))] : []),
      ...(reason ? [h("p", {}, reason)] : []),
      ...(at ? [h("p", {}, clock(at))] : []),
      go,
    );
    this.element.scrollIntoView({ block: "start" });
    sound(verdict);
  }

  cannot(reason) {
    this.show({ verdict: "cannot-verify", colour: "none", reason });
  }

  clear() {
    this.element.hidden = true;
    this.element.replaceChildren();
    this.next();
  }
}

let audio = null;
function sound(verdict) {
  const [tones, shaking] = SOUNDS[verdict];
  navigator.vibrate?.(shaking);
  if (typeof AudioContext === "undefined") return;
  audio ??= new AudioContext();
  let at = audio.currentTime;
  for (const [hertz, seconds] of tones) {
    const tone = new OscillatorNode(audio, { frequency: hertz, type: "square" });
    const volume = new GainNode(audio, { gain: 0.2 });
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop((at += seconds));
    at += 0.06;
  }
}
