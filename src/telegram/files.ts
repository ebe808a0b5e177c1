import type { Api } from "grammy";

/** What the Bot API hands out at the most. */
export const fileBytesMax = 20 * 1024 * 1024;
const downloadMs = 120_000;

/** Asks the Bot API's file server for a path that getFile told; the token is the runtime's. */
export type FetchFile = (path: string, signal: AbortSignal) => Promise<Response>;

export type FileFailure = { failed: "too-large" | "lost" };

/** A file that somebody sent to the bot, whole and within the limit; never an error that names the token. */
export async function downloadFile(
  api: Pick<Api, "getFile">,
  fetchFile: FetchFile,
  file: { id: string; bytes: number },
): Promise<{ bytes: Uint8Array } | FileFailure> {
  if (file.bytes > fileBytesMax) return { failed: "too-large" };
  try {
    const { file_path: path } = await api.getFile(file.id);
    if (path === undefined) return { failed: "lost" };
    const response = await fetchFile(path, AbortSignal.timeout(downloadMs));
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { failed: "lost" };
    }
    return await wholeOf(response.body);
  } catch {
    // Telegram's refusal or a broken line: either way the person sends it again.
    return { failed: "lost" };
  }
}

async function wholeOf(body: ReadableStream<Uint8Array>): Promise<{ bytes: Uint8Array } | FileFailure> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > fileBytesMax) {
      await reader.cancel();
      return { failed: "too-large" };
    }
    pieces.push(next.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes };
}
