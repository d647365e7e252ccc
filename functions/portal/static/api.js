// The one way to the server. An ended access token is renewed once, by one request at a time in all tabs, for a refresh
// token that comes twice ends the session. What the server refuses is thrown as a Problem, as it came.
import { amend, device, keep, session, visit } from "./session.js";
import { language } from "./texts.js";

const ANSWER_MS_MAX = 15_000;
const NO_CONTENT = 204;

export class Problem extends Error {
  constructor(status, body) {
    super(body.title);
    this.status = status; // 0: the server was not reached
    this.code = body.code;
    this.errors = body.errors ?? [];
  }
}

// `key` names an attempt: the same attempt sent again takes effect once. Whose session has ended is signed out.
export async function call(method, path, body, key = newKey()) {
  const used = session();
  let answer = await send(method, path, body, key, used?.access_token);
  if (answer.status === 401 && used) {
    if (await isRenewed(used)) answer = await send(method, path, body, key, session().access_token);
    if (answer.status === 401 && visit() === used.visit) signOut();
  }
  return read(answer);
}

export const newKey = () => crypto.randomUUID();

async function send(method, path, body, key, token) {
  const headers = { Accept: "application/json", "Accept-Language": language() };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method === "POST") headers["Idempotency-Key"] = key;
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  try {
    return await fetch(`..${path}`, { method, headers, signal, body: body && JSON.stringify(body) });
  } catch {
    throw new Problem(0, {});
  }
}

async function read(answer) {
  if (answer.status === NO_CONTENT) return null;
  const value = await answer.json().catch(() => null);
  if (!answer.ok) throw new Problem(answer.status, value ?? {});
  if (value === null) throw new Problem(0, {}); // it was cut on its way
  return value;
}

// What one person asked for is never sent again in the name of the next.
function isRenewed(used) {
  const renew = async () => {
    const held = session(); // as another tab may have left it
    if (held?.access_token === used.access_token && !(await refresh(held))) return false;
    return session() !== null && visit() === used.visit;
  };
  return navigator.locks ? navigator.locks.request("nanhai.refresh", renew) : renew();
}

// Throws when the server cannot say now whether the session goes on.
async function refresh(held) {
  const body = { refresh_token: held.refresh_token, device: device() };
  const answer = await send("POST", "/identity/sessions/refresh", body, newKey());
  if (answer.status >= 500 || answer.status === 429) await read(answer);
  if (answer.ok) amend(held, await read(answer));
  return answer.ok;
}

function signOut() {
  keep(null);
  dispatchEvent(new Event("signed-out"));
}
