// The one way to the server. An ended access token is renewed once, by one request at a time in all tabs, for a refresh
// token that comes twice ends the session. What the server refuses is thrown as a Problem, as it came.
import { device, keep, session } from "./session.js";
import { language } from "./texts.js";

const ANSWER_MS_MAX = 15_000;

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
  const used = session()?.access_token;
  let answer = await send(method, path, body, key, used);
  if (answer.status === 401 && used) {
    if (await isRenewed(used)) answer = await send(method, path, body, key, session()?.access_token);
    if (answer.status === 401) signOut();
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
  const value = await answer.json().catch(() => (answer.ok ? null : {}));
  if (!answer.ok) throw new Problem(answer.status, value);
  return value;
}

function isRenewed(used) {
  const renew = () => {
    const held = session(); // as another tab may have left it
    return held?.access_token === used ? refresh(held) : held !== null;
  };
  return navigator.locks ? navigator.locks.request("nanhai.refresh", renew) : renew();
}

// Throws when the server cannot say now whether the session goes on.
async function refresh(held) {
  const body = { refresh_token: held.refresh_token, device: device() };
  const answer = await send("POST", "/identity/sessions/refresh", body, newKey());
  if (answer.status >= 500 || answer.status === 429) await read(answer);
  if (answer.ok) keep({ ...held, ...(await answer.json()) });
  return answer.ok;
}

function signOut() {
  keep(null);
  dispatchEvent(new Event("signed-out"));
}
