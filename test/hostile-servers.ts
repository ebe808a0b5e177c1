import { readFileSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTls } from "node:tls";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { HostileName } from "./cases/reading.ts";

/** What a server that means no good does with who asks it: by hand, as HTTP, by hand behind a certificate; or it is not. */
type Answer =
  | ((socket: Socket) => void)
  | { http: (request: IncomingMessage, response: ServerResponse) => void }
  | { tls: (socket: Socket) => void }
  | null;

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
  say(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
const goOn =
  (first: string, piece: string, everyMs = 1) =>
  (socket: Socket): void => {
    socket.write(first);
    endlessly(socket, piece, everyMs);
  };
const squeezed = (encoding: string, body: Uint8Array): Answer => ({
  http: (_request, response) => void response.writeHead(200, { "content-encoding": encoding }).end(body),
});
const status = (code: number, more = "") => say(`HTTP/1.1 ${code} X\r\n${more}Content-Length: 0\r\n\r\n`);

const answers: Record<HostileName, Answer> = {
  "a body without end": goOn(head(), "x".repeat(65_536)),
  "chunks without end": goOn(head("Transfer-Encoding: chunked\r\n"), `10000\r\n${"x".repeat(65_536)}\r\n`),
  "a body larger than it says": { http: (_r, response) => void response.end(zeros.subarray(0, 300_000)) },
  "a length of petabytes": goOn(head("Content-Length: 9007199254740991\r\n"), "x".repeat(65_536)),
  "a gzip bomb": squeezed("gzip", gzipSync(zeros)),
  "a gzip bomb in a gzip bomb": squeezed("gzip, gzip", gzipSync(gzipSync(zeros))),
  "a deflate bomb": squeezed("deflate", deflateSync(zeros)),
  "a Brotli bomb": squeezed("br", brotliCompressSync(zeros.subarray(0, 8_000_000))),
  "gzip twenty times over": squeezed(Array(20).fill("gzip").join(", "), gzipSync("x")),
  "what is no gzip": squeezed("gzip", new TextEncoder().encode("<rss/>".repeat(10))),
  "half a gzip": squeezed("gzip", gzipSync("<rss>".repeat(9_000)).subarray(0, 60)),
  "a byte now and then": goOn(head(), "x", 40),
  "a header's letter now and then": goOn("HTTP/1.1 200 OK\r\nX-A: ", "x", 40),
  silence: () => {},
  "a head and then silence": (socket) => void socket.write(head("Content-Length: 10\r\n")),
  "early hints without end": (socket) => endlessly(socket, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 5),
  "a port where nobody listens": null,
  "goes on at once": (socket) => void socket.end(),
  "resets at once": (socket) => void socket.resetAndDestroy(),
  "goes in its headers": say("HTTP/1.1 200 OK\r\nContent-Ty"),
  "goes in its body": say(`${head("Content-Length: 1000\r\n")}<rss>`),
  "resets in its body": (socket) => {
    socket.write(`${head("Content-Length: 1000\r\n")}<rss>`);
    setTimeout(() => socket.resetAndDestroy(), 20);
  },
  "goes in a chunk": say(`${head("Transfer-Encoding: chunked\r\n")}ff\r\n<rss>`),
  "a header of a megabyte": say(`HTTP/1.1 200 OK\r\nX-A: ${"x".repeat(1_000_000)}\r\n\r\n`),
  "headers without end": goOn("HTTP/1.1 200 OK\r\n", `X-A: ${"x".repeat(1_000)}\r\n`),
  "ten thousand headers": say(`HTTP/1.1 200 OK\r\n${"X-A: many\r\n".repeat(10_000)}\r\n`),
  "a redirect to itself": to("/"),
  "a redirect from door to door": {
    http: (request, response) => void response.writeHead(301, { location: request.url === "/a" ? "/b" : "/a" }).end(),
  },
  "a redirect ever longer": {
    http: (request, response) => void response.writeHead(307, { location: `${request.url}x` }).end(),
  },
  "a redirect to a file": to("file:///etc/passwd"),
  "a redirect to a script": to("javascript:alert(1)"),
  "a redirect to data": to("data:text/xml,<rss/>"),
  "a redirect to FTP": to("ftp://nangang.example/"),
  "a redirect to Gopher": to("gopher://127.0.0.1:25/_HELO"),
  "a redirect to nonsense": to("http://[::1"),
  "a redirect nowhere": status(302),
  "a redirect to another port of this machine": to("http://127.0.0.1:1/"),
  "a redirect to this machine by name": to("http://localhost:1/"),
  "a redirect to this machine as one number": to("http://2130706433:1/"),
  "a redirect to this machine in hexadecimal": to("http://0x7f.1:1/"),
  "a redirect to this machine in octal": to("http://0177.0.0.1:1/"),
  "a redirect to this machine by IPv6": to("http://[::1]:1/"),
  "a redirect to this machine by mapped IPv6": to("http://[::ffff:127.0.0.1]:1/"),
  "a redirect to a cloud's metadata": to("http://169.254.169.254/latest/meta-data/", 301),
  "a redirect to a cloud's metadata by name": to("http://metadata.google.internal/"),
  "a redirect into the home network": to("http://192.168.1.1/"),
  "a redirect with a password": to("http://a:b@nangang.example/"),
  "a location of a megabyte": to(`/${"x".repeat(1_000_000)}`),
  "what is no HTTP": say("220 smtp ready\r\n"),
  "a body without a head": say("<rss><channel/></rss>"),
  noise: (socket) => void socket.end(Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 251)),
  "a status that there is not": status(999),
  "chunks of no size": say(`${head("Transfer-Encoding: chunked\r\n")}zz\r\nx\r\n`),
  "a length below zero": say(head("Content-Length: -5\r\n")),
  "two lengths": say(`${head("Content-Length: 1\r\nContent-Length: 2\r\n")}xx`),
  "a length and chunks": say(`${head("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")}0\r\n\r\n`),
  "no content": status(204),
  "a locked door": status(401),
  "a closed door": status(403),
  "nobody home": status(404),
  "gone for good": status(410),
  "too many requests, for a thousand years": status(429, "Retry-After: 31536000000\r\n"),
  "a failing server": status(503, "Retry-After: soon\r\n"),
  "plain text where encryption should be": say(head()),
  "silence where encryption should be": () => {},
  "a certificate that nobody vouches for": { tls: say(head()) },
};

/** Starts one of them on this machine; closing ends what it still holds open. */
export async function startHostile(name: HostileName): Promise<{ port: number; close(): Promise<void> }> {
  const answer = answers[name];
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const byHand = (answer: (socket: Socket) => void) => (socket: Socket) => {
    hold(socket);
    socket.once("data", () => answer(socket));
  };
  let server: Server;
  if (answer === null) server = createTcp();
  else if (typeof answer === "function") server = createTcp(byHand(answer));
  else if ("tls" in answer) server = createTls(selfSigned(), byHand(answer.tls));
  else server = createHttp(answer.http);
  server.on("connection", hold);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = async (): Promise<void> => {
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const { port } = server.address() as AddressInfo;
  if (answer !== null) return { port, close };
  await close();
  return { port, close: async () => {} };
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = join(import.meta.dirname, "fixtures/tls");
  return { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "self-signed.pem")) };
}
