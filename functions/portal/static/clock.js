// The server's time, carried on between its answers. Of this phone's two clocks the faster one counts: a phone that slept,
// or whose clock was turned back, must never show a pass for longer than it lasts.
const JUMP_MS = 2_000;
let mark = null;

export function set(serverTime) {
  mark = { server: Date.parse(serverTime), steady: performance.now(), wall: Date.now() };
}

export const isSet = () => mark !== null;
export const now = () => (mark ? mark.server + Math.max(steady(), wall()) : Date.now());
export const hasJumped = () => mark !== null && Math.abs(steady() - wall()) > JUMP_MS;

const steady = () => performance.now() - mark.steady;
const wall = () => Date.now() - mark.wall;
