// One way to the server: tokens kept, refreshed once when they have ended, problems thrown as they came.
const STORE = "nanhai.session";
export const session = () => JSON.parse(localStorage.getItem(STORE) || "null");
export const keep = (value) => (value ? localStorage.setItem(STORE, JSON.stringify(value)) : localStorage.removeItem(STORE));

export function device() {
  let id = localStorage.getItem("nanhai.device");
  if (!id) localStorage.setItem("nanhai.device", (id = crypto.randomUUID()));
  return id;
}

export class Problem extends Error {
  constructor(body, status) {
    super(body.title);
    Object.assign(this, body, { status });
  }
}

export async function call(method, path, body, { language, retried = false } = {}) {
  const held = session();
  const headers = { Accept: "application/json", "Accept-Language": language || document.documentElement.lang };
  if (held) headers.Authorization = `Bearer ${held.access_token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method === "POST") headers["Idempotency-Key"] = crypto.randomUUID();
  const answer = await fetch(`..${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 401 && held && !retried && (await refresh(held))) return call(method, path, body, { language, retried: true });
  const value = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Problem(value, answer.status);
  return value;
}

async function refresh(held) {
  const answer = await fetch("../identity/sessions/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify({ refresh_token: held.refresh_token, device: device() }),
  });
  if (!answer.ok) return keep(null);
  keep({ ...held, ...(await answer.json()) });
  return true;
}
