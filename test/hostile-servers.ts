import { readFileSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTls } from "node:tls";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

/** One server that means no good: how it answers, and what the operator is to read of it. */
export type Hostile = {
  name: string;
  answer: ((socket: Socket) => void) | { http: (request: IncomingMessage, response: ServerResponse) => void };
  scheme?: "https";
  tls?: true;
  expected: RegExp;
};

const bombBytes = 30 * 1024 * 1024;
const zeros = new Uint8Array(bombBytes);

/** Writes again and again as long as somebody listens, a piece each few milliseconds. */
function endlessly(socket: Socket, piece: string | Uint8Array, everyMs = 1): void {
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(piece)), everyMs);
  socket.on("close", () => clearInterval(timer));
}

const say = (text: string) => (socket: Socket) => void socket.end(text);
const head = (more = "") => `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n${more}\r\n`;
const to = (location: string, status = 302) =>
  say(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
const goOn =
  (first: string, piece: string, everyMs = 1) =>
  (socket: Socket): void => {
    socket.write(first);
    endlessly(socket, piece, everyMs);
  };
const squeezed = (encoding: string, body: Uint8Array): Hostile["answer"] => ({
  http: (_request, response) => void response.writeHead(200, { "content-encoding": encoding }).end(body),
});
const status = (code: number, more = "") => say(`HTTP/1.1 ${code} X\r\n${more}Content-Length: 0\r\n\r\n`);
const inside = /is inside a network/;

export const hostile: Hostile[] = [
  {
    name: "a body without end",
    answer: goOn(head(), "x".repeat(65_536)),
    expected: /larger than/,
  },
  {
    name: "chunks without end",
    answer: goOn(head("Transfer-Encoding: chunked\r\n"), `10000\r\n${"x".repeat(65_536)}\r\n`),
    expected: /larger than/,
  },
  {
    name: "a body larger than it says",
    answer: { http: (_r, response) => void response.end(zeros.subarray(0, 300_000)) },
    expected: /larger than/,
  },
  {
    name: "a length of petabytes",
    answer: goOn(head("Content-Length: 9007199254740991\r\n"), "x".repeat(65_536)),
    expected: /larger than/,
  },
  { name: "a gzip bomb", answer: squeezed("gzip", gzipSync(zeros)), expected: /larger than/ },
  {
    name: "a gzip bomb in a gzip bomb",
    answer: squeezed("gzip, gzip", gzipSync(gzipSync(zeros))),
    expected: /larger than|not HTTP|broke/,
  },
  { name: "a deflate bomb", answer: squeezed("deflate", deflateSync(zeros)), expected: /larger than/ },
  {
    name: "a Brotli bomb",
    answer: squeezed("br", brotliCompressSync(zeros.subarray(0, 8_000_000))),
    expected: /larger than/,
  },
  {
    name: "gzip twenty times over",
    answer: squeezed(Array(20).fill("gzip").join(", "), gzipSync("x")),
    expected: /not HTTP|broke|larger than/,
  },
  {
    name: "what is no gzip",
    answer: squeezed("gzip", new TextEncoder().encode("<rss/>".repeat(10))),
    expected: /not HTTP|broke/,
  },
  {
    name: "a byte now and then",
    answer: goOn(head(), "x", 40),
    expected: /did not answer in full/,
  },
  {
    name: "a header's letter now and then",
    answer: goOn("HTTP/1.1 200 OK\r\nX-A: ", "x", 40),
    expected: /did not answer in full/,
  },
  { name: "silence", answer: () => {}, expected: /did not answer in full/ },
  {
    name: "a head and then silence",
    answer: (socket) => void socket.write(head("Content-Length: 10\r\n")),
    expected: /did not answer in full/,
  },
  {
    name: "early hints without end",
    answer: (socket) => endlessly(socket, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 5),
    expected: /did not answer in full|not HTTP|broke/,
  },
  { name: "goes on at once", answer: (socket) => void socket.end(), expected: /broke the connection/ },
  { name: "resets at once", answer: (socket) => void socket.resetAndDestroy(), expected: /broke the connection/ },
  {
    name: "goes in its headers",
    answer: say("HTTP/1.1 200 OK\r\nContent-Ty"),
    expected: /broke the connection|not HTTP/,
  },
  {
    name: "goes in its body",
    answer: say(`${head("Content-Length: 1000\r\n")}<rss>`),
    expected: /broke the connection|not HTTP/,
  },
  {
    name: "resets in its body",
    answer: (socket) => {
      socket.write(`${head("Content-Length: 1000\r\n")}<rss>`);
      setTimeout(() => socket.resetAndDestroy(), 20);
    },
    expected: /broke the connection/,
  },
  {
    name: "goes in a chunk",
    answer: say(`${head("Transfer-Encoding: chunked\r\n")}ff\r\n<rss>`),
    expected: /broke the connection|not HTTP/,
  },
  {
    name: "a header of a megabyte",
    answer: say(`HTTP/1.1 200 OK\r\nX-A: ${"x".repeat(1_000_000)}\r\n\r\n`),
    expected: /headers without end|not HTTP|broke/,
  },
  {
    name: "headers without end",
    answer: goOn("HTTP/1.1 200 OK\r\n", `X-A: ${"x".repeat(1_000)}\r\n`),
    expected: /headers without end|broke/,
  },
  {
    name: "ten thousand headers",
    answer: say(`HTTP/1.1 200 OK\r\n${"X-A: y\r\n".repeat(10_000)}\r\n`),
    expected: /headers without end|broke/,
  },
  { name: "a redirect to itself", answer: to("/"), expected: /redirects more than/ },
  {
    name: "a redirect from door to door",
    answer: {
      http: (request, response) => void response.writeHead(301, { location: request.url === "/a" ? "/b" : "/a" }).end(),
    },
    expected: /redirects more than/,
  },
  {
    name: "a redirect ever longer",
    answer: { http: (request, response) => void response.writeHead(307, { location: `${request.url}x` }).end() },
    expected: /redirects more than/,
  },
  { name: "a redirect to a file", answer: to("file:///etc/passwd"), expected: /no web address/ },
  { name: "a redirect to a script", answer: to("javascript:alert(1)"), expected: /no web address/ },
  { name: "a redirect to data", answer: to("data:text/xml,<rss/>"), expected: /no web address/ },
  { name: "a redirect to FTP", answer: to("ftp://nangang.example/"), expected: /no web address/ },
  { name: "a redirect to Gopher", answer: to("gopher://127.0.0.1:25/_HELO"), expected: /no web address/ },
  { name: "a redirect to nonsense", answer: to("http://[::1"), expected: /no web address/ },
  { name: "a redirect nowhere", answer: status(302), expected: /answered 302/ },
  { name: "a redirect to another port of this machine", answer: to("http://127.0.0.1:1/"), expected: inside },
  { name: "a redirect to this machine by name", answer: to("http://localhost:1/"), expected: inside },
  { name: "a redirect to this machine as one number", answer: to("http://2130706433:1/"), expected: inside },
  { name: "a redirect to this machine in hexadecimal", answer: to("http://0x7f.1:1/"), expected: inside },
  { name: "a redirect to this machine in octal", answer: to("http://0177.0.0.1:1/"), expected: inside },
  { name: "a redirect to this machine by IPv6", answer: to("http://[::1]:1/"), expected: inside },
  { name: "a redirect to this machine by mapped IPv6", answer: to("http://[::ffff:127.0.0.1]:1/"), expected: inside },
  {
    name: "a redirect to a cloud's metadata",
    answer: to("http://169.254.169.254/latest/meta-data/", 301),
    expected: inside,
  },
  {
    name: "a redirect to a cloud's metadata by name",
    answer: to("http://metadata.google.internal/"),
    expected: inside,
  },
  { name: "a redirect into the home network", answer: to("http://192.168.1.1/"), expected: inside },
  { name: "a redirect with a password", answer: to("http://a:b@nangang.example/"), expected: /carries a password/ },
  {
    name: "a location of a megabyte",
    answer: to(`/${"x".repeat(1_000_000)}`),
    expected: /headers without end|broke|not HTTP/,
  },
  { name: "what is no HTTP", answer: say("220 smtp ready\r\n"), expected: /not HTTP|broke/ },
  { name: "a body without a head", answer: say("<rss><channel/></rss>"), expected: /not HTTP|broke/ },
  {
    name: "noise",
    answer: (socket) => void socket.end(Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 251)),
    expected: /not HTTP|broke/,
  },
  { name: "a status that there is not", answer: status(999), expected: /answered 999|not HTTP|broke/ },
  {
    name: "chunks of no size",
    answer: say(`${head("Transfer-Encoding: chunked\r\n")}zz\r\nx\r\n`),
    expected: /not HTTP|broke/,
  },
  { name: "a length below zero", answer: say(head("Content-Length: -5\r\n")), expected: /not HTTP|broke/ },
  {
    name: "two lengths",
    answer: say(`${head("Content-Length: 1\r\nContent-Length: 2\r\n")}xx`),
    expected: /not HTTP|broke/,
  },
  {
    name: "a length and chunks",
    answer: say(`${head("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")}0\r\n\r\n`),
    expected: /not HTTP|broke/,
  },
  { name: "no content", answer: status(204), expected: /answered 204/ },
  { name: "a locked door", answer: status(401), expected: /answered 401/ },
  { name: "a closed door", answer: status(403), expected: /answered 403/ },
  { name: "nobody home", answer: status(404), expected: /answered 404/ },
  { name: "gone for good", answer: status(410), expected: /answered 410/ },
  {
    name: "too many requests, for a thousand years",
    answer: status(429, "Retry-After: 31536000000\r\n"),
    expected: /answered 429/,
  },
  { name: "a failing server", answer: status(503, "Retry-After: soon\r\n"), expected: /answered 503/ },
  {
    name: "plain text where encryption should be",
    answer: say(head()),
    scheme: "https",
    expected: /breaks off the encryption|broke/,
  },
  { name: "silence where encryption should be", answer: () => {}, scheme: "https", expected: /did not answer/ },
  {
    name: "a certificate that nobody vouches for",
    answer: say(head()),
    scheme: "https",
    tls: true,
    expected: /certificate/,
  },
];

/** Starts one of them on this machine; closing ends what it still holds open. */
export async function startHostile({ answer, tls }: Hostile): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  let server: Server;
  if (typeof answer === "object") server = createHttp(answer.http);
  else {
    const serve = (socket: Socket): void => {
      hold(socket);
      socket.once("data", () => answer(socket));
    };
    server = tls ? createTls(selfSigned(), serve) : createTcp(serve);
  }
  server.on("connection", hold);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = join(import.meta.dirname, "fixtures/tls");
  return { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "self-signed.pem")) };
}
