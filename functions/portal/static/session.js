// Who is signed in on this phone: tokens and what the server said with them. Nothing else about a person is kept.
const SESSION = "nanhai.session";
const DEVICE = "nanhai.device";

export const session = () => read(localStorage.getItem(SESSION));
export const isStaff = () => session()?.role !== undefined;
export const isCitizen = () => session() !== null && !isStaff();

// Names one signing in, in every tab: what is remembered of one person must never be shown to the next. null: signed out.
export const visit = () => visitOf(session());

// Begins a visit, or with null ends it.
export function keep(value) {
  if (value === null) localStorage.removeItem(SESSION);
  else localStorage.setItem(SESSION, JSON.stringify({ ...value, visit: crypto.randomUUID() }));
}

// What the server said since, unless `held` has ended meanwhile, here or in another tab.
export function amend(held, part) {
  const now = session();
  if (now !== null && now.visit === held.visit) localStorage.setItem(SESSION, JSON.stringify({ ...now, ...part }));
}

// Calls `told` when another tab has begun or ended a visit.
export function onOtherVisit(told) {
  addEventListener("storage", ({ key, oldValue, newValue }) => {
    if (key === null || (key === SESSION && visitOf(read(oldValue)) !== visitOf(read(newValue)))) told();
  });
}

const read = (stored) => JSON.parse(stored ?? "null");
const visitOf = (held) => held && held.visit;

// A random name for this browser, so that a stolen refresh token is of no use elsewhere.
export function device() {
  const known = localStorage.getItem(DEVICE) ?? crypto.randomUUID();
  localStorage.setItem(DEVICE, known);
  return known;
}
