import { expect, test } from "vitest";
import { openDial, serveHttp } from "#runtime";
import { fetchDocument, networkFailure } from "../src/sources/fetch.ts";
import { blockedReason, isPublicAddress } from "../src/sources/guard.ts";

const inside = [
  ...[
    "127.0.0.1",
    "127.255.255.255",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
  ],
  ...[
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
  ],
  ...[
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
  ],
  ...[
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
  ],
  ...[
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:1:1:1:1:80ff:fffe",
    "100::1",
    "fec0::1",
    "",
    "nangang",
  ],
];
const outside = [
  "1.1.1.1",
  "8.8.8.8",
  "172.32.0.1",
  "100.128.0.1",
  "2606:4700:4700::1111",
  "::ffff:8.8.8.8",
  "64:ff9b::808:808",
];

test.each(inside)("inside: %s", (address) => expect(isPublicAddress(address)).toBe(false));
test.each(outside)("public: %s", (address) => expect(isPublicAddress(address)).toBe(true));

const urls = [
  ...[
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://017700000001/",
  ],
  ...[
    "http://0177.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:0:0:1]/",
  ],
  ...[
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://printer/",
    "http://nas.local/",
    "http://x.internal/",
  ],
  ...[
    "http://metadata.google.internal/",
    "http://169.254.169.254/latest/meta-data",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
  ],
  ...[
    "https://user:pass@nangang.example/",
    "file:///etc/passwd",
    "ftp://nangang.example/",
    "gopher://nangang.example/",
    "nonsense",
  ],
  ...["http://0/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/", "http://router.lan/", "http://site.home.arpa/"],
];

test.each(urls)("not asked for: %s", (url) => expect(blockedReason(url, new Set())).not.toBeNull());

test("the web may be asked for, and what the operator allows", () => {
  expect(blockedReason("https://nangang.example/feed", new Set())).toBeNull();
  expect(blockedReason("http://8.8.8.8/", new Set())).toBeNull();
  expect(blockedReason("http://127.0.0.1:8080/", new Set(["127.0.0.1:8080"]))).toBeNull();
  expect(blockedReason("http://127.0.0.1:8081/", new Set(["127.0.0.1:8080"]))).not.toBeNull();
  expect(blockedReason("http://wiki.internal/", new Set(["wiki.internal"]))).toBeNull();
});

/** A site inside, and how often it was asked. */
async function openInside() {
  const asked: string[] = [];
  const { url, close } = await serveHttp((request) => {
    asked.push(request.url);
    return new Response("inside");
  });
  return { asked, port: new URL(url).port, close };
}

const options = { userAgent: "tidings-test", now: new Date("2026-11-22T00:00:00Z") };

test("the dial itself is guarded: past the first check it reaches nobody inside", async () => {
  const { asked, port, close } = await openInside();
  const { dial, close: hangUp } = openDial(new Set());
  for (const host of ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"]) {
    const signal = AbortSignal.timeout(5_000);
    const error = await dial(`http://${host}:${port}/`, { headers: {}, signal }).catch((thrown: unknown) => thrown);
    expect(networkFailure(error), host).toMatchObject({ code: "blocked" });
  }
  expect(asked).toEqual([]);
  await hangUp();
  await close();
});

test("an allowed host is reached by name and by address", async () => {
  const { asked, port, close } = await openInside();
  const allowed = new Set(["127.0.0.1", "localhost"]);
  const { dial, close: hangUp } = openDial(allowed);
  for (const host of ["127.0.0.1", "localhost"]) {
    const read = await fetchDocument(dial, `http://${host}:${port}/`, { ...options, allowed });
    expect(read).toMatchObject({ outcome: "read", status: 200 });
  }
  expect(asked).toHaveLength(2);
  await hangUp();
  await close();
});
