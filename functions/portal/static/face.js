// How a colour looks: a shape of its own for those who do not see it, and the QR of a token as one path.
import { encode } from "./vendor/uqr.js";
import { h, svg } from "./dom.js";
import { t } from "./texts.js";

const TOKEN_QR = { ecc: "M", minVersion: 6, border: 4 };
const SHAPES = {
  green: ["M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 1 0 0-21z", "M7 12.4l3.5 3.5 6.6-7.3"],
  blue: ["M2.5 2.5h19v19h-19z", "M7 12.4l3.5 3.5 6.6-7.3"],
  yellow: ["M12 1.8L23.2 21.8H.8z", "M12 9v6M12 18.2v.1"],
  red: ["M7.7 1.5h8.6l6.2 6.2v8.6l-6.2 6.2H7.7l-6.2-6.2V7.7z", "M6.5 12h11"],
  none: ["", "M3 12h18"],
};

export function shape(colour) {
  const [outline, sign] = SHAPES[colour];
  return svg(
    "svg",
    { class: "shape", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { class: "outline", d: outline }),
    svg("path", { class: "sign", d: sign }),
  );
}

// Colour, shape and word in one line of text.
export const badge = (colour) => h("span", { class: `badge ${colour}` }, shape(colour), t(`colour.${colour}`));

export function qr(token) {
  const { size, data } = encode(token, TOKEN_QR);
  return svg(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": t("qr"), "shape-rendering": "crispEdges" },
    svg("path", { d: runs(data) }),
  );
}

// Each row's runs of dark modules as rectangles.
function runs(rows) {
  let path = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      let end = x;
      while (row[end]) end++;
      path += `M${x} ${y}h${end - x}v1H${x}z`;
      x = end;
    }
  });
  return path;
}

// A dragon boat that crosses the screen for ever; a tap turns it. A picture of a screen does not do that.
export function boat() {
  const hull = svg("path", { d: "M3 13q6 13 24 13h44q14 0 17-13l6-4-7-5-7 3q0 10-11 11H28q-14 0-25-5z" });
  const crew = [32, 44, 56, 68].map((x) => [
    svg("circle", { cx: x, cy: 10, r: 3 }),
    svg("path", { d: `M${x + 2} 14l-7 16`, fill: "none" }),
  ]);
  const drawn = svg("svg", { viewBox: "0 0 96 32", "aria-hidden": "true" }, hull, crew);
  const turn = () => lane.classList.toggle("back");
  const lane = h(
    "button",
    { type: "button", class: "lane", "aria-label": t("turn"), onclick: turn },
    h("span", {}, drawn),
  );
  return lane;
}
