// @ts-check

/**
 * @param {string} path
 * @returns {Promise<unknown>}
 */
export async function getJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

/**
 * Does something as a person; throws the reason when it cannot be done.
 * @param {number} as
 * @param {Record<string, unknown> & { do: string }} act
 * @returns {Promise<Record<string, unknown>>}
 */
export async function doAct(as, act) {
  return post("/playground/act", JSON.stringify({ as, act }));
}

/**
 * @param {{ skip: "digest" } | { byMs: number } | { reset: true }} move
 * @returns {Promise<Record<string, unknown>>}
 */
export async function moveClock(move) {
  return post("/playground/clock", JSON.stringify(move));
}

/**
 * @param {{ as: number, chat: number, thread: number | null, file: File }} upload
 */
export async function uploadFile({ as, chat, thread, file }) {
  const form = new FormData();
  form.set("as", String(as));
  form.set("chat", String(chat));
  if (thread !== null) form.set("thread", String(thread));
  form.set("file", file);
  return post("/playground/upload", form);
}

/**
 * Listens to what happens; the browser connects again by itself.
 * @param {(event: Record<string, any> & { type: string }) => void} onEvent
 * @param {(isOpen: boolean) => void} onLine
 */
export function listen(onEvent, onLine) {
  const source = new EventSource("/playground/events");
  source.onmessage = ({ data }) => onEvent(JSON.parse(data));
  source.onopen = () => onLine(true);
  source.onerror = () => onLine(false);
}

/**
 * @param {string} path
 * @param {string | FormData} body
 */
async function post(path, body) {
  const response = await fetch(path, { method: "POST", body, headers: { "x-playground": "1" } });
  const answer = await response.json().catch(() => ({ error: `${response.status}` }));
  if (!response.ok) throw new Error(String(answer.error));
  return answer;
}
