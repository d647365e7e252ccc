// Who is signed in on this phone: tokens and what the server said with them. Nothing else about a person is kept.
const SESSION = "nanhai.session";
const DEVICE = "nanhai.device";

export const session = () => JSON.parse(localStorage.getItem(SESSION) ?? "null");
export const isStaff = () => session()?.role !== undefined;
export const isCitizen = () => session() !== null && !isStaff();

export function keep(value) {
  if (value === null) localStorage.removeItem(SESSION);
  else localStorage.setItem(SESSION, JSON.stringify(value));
}

// A random name for this browser, so that a stolen refresh token is of no use elsewhere.
export function device() {
  const known = localStorage.getItem(DEVICE) ?? crypto.randomUUID();
  localStorage.setItem(DEVICE, known);
  return known;
}
