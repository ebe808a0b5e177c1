/** A site that means no good, and what the operator is to read of it. What it does is in test/hostile-servers.ts. */
export type HostileSite = {
  name: string;
  expected: RegExp;
  scheme?: string;
  /** What is read of it in workerd, where that is another thing, and why. */
  inWorkerd?: { expected: RegExp; why: string };
};

const inside = /is inside a network/;

export const hostileSites = [
  { name: "a body without end", expected: /larger than/ },
  { name: "chunks without end", expected: /larger than/ },
  { name: "a body larger than it says", expected: /larger than/ },
  { name: "a length of petabytes", expected: /larger than/ },
  { name: "a gzip bomb", expected: /larger than/ },
  { name: "a gzip bomb in a gzip bomb", expected: /larger than|not HTTP|broke/ },
  {
    name: "a deflate bomb",
    expected: /larger than/,
    inWorkerd: { expected: /not HTTP/, why: "fetch does not unfold it there, so it is not asked for" },
  },
  { name: "a Brotli bomb", expected: /larger than/ },
  { name: "gzip twenty times over", expected: /not HTTP|broke|larger than/ },
  {
    name: "half a gzip",
    expected: /^was read$/,
    inWorkerd: { expected: /broke the connection/, why: "fetch itself unfolds there, and gives it up as a whole" },
  },
  { name: "what is no gzip", expected: /not HTTP|broke/ },
  { name: "a byte now and then", expected: /did not answer in full/ },
  { name: "a header's letter now and then", expected: /did not answer in full/ },
  { name: "silence", expected: /did not answer in full/ },
  { name: "a head and then silence", expected: /did not answer in full/ },
  { name: "early hints without end", expected: /did not answer in full|not HTTP|broke/ },
  {
    name: "a port where nobody listens",
    expected: /refused the connection/,
    inWorkerd: {
      expected: /broke the connection/,
      why: "locally it does not say; on Cloudflare it is 521, see worker-edge.test.ts",
    },
  },
  { name: "goes on at once", expected: /broke the connection/ },
  { name: "resets at once", expected: /broke the connection/ },
  { name: "goes in its headers", expected: /broke the connection|not HTTP/ },
  { name: "goes in its body", expected: /broke the connection|not HTTP/ },
  { name: "resets in its body", expected: /broke the connection/ },
  { name: "goes in a chunk", expected: /broke the connection|not HTTP/ },
  { name: "a header of a megabyte", expected: /headers without end|not HTTP|broke/ },
  { name: "headers without end", expected: /headers without end|broke/ },
  { name: "ten thousand headers", expected: /headers without end|broke/ },
  { name: "a redirect to itself", expected: /redirects more than/ },
  { name: "a redirect from door to door", expected: /redirects more than/ },
  { name: "a redirect ever longer", expected: /redirects more than/ },
  { name: "a redirect to a file", expected: /no web address/ },
  { name: "a redirect to a script", expected: /no web address/ },
  { name: "a redirect to data", expected: /no web address/ },
  { name: "a redirect to FTP", expected: /no web address/ },
  { name: "a redirect to Gopher", expected: /no web address/ },
  { name: "a redirect to nonsense", expected: /no web address/ },
  { name: "a redirect nowhere", expected: /answered 302/ },
  { name: "a redirect to another port of this machine", expected: inside },
  { name: "a redirect to this machine by name", expected: inside },
  { name: "a redirect to this machine as one number", expected: inside },
  { name: "a redirect to this machine in hexadecimal", expected: inside },
  { name: "a redirect to this machine in octal", expected: inside },
  { name: "a redirect to this machine by IPv6", expected: inside },
  { name: "a redirect to this machine by mapped IPv6", expected: inside },
  { name: "a redirect to a cloud's metadata", expected: inside },
  { name: "a redirect to a cloud's metadata by name", expected: inside },
  { name: "a redirect into the home network", expected: inside },
  { name: "a redirect with a password", expected: /carries a password/ },
  { name: "a location of a megabyte", expected: /headers without end|broke|not HTTP/ },
  { name: "what is no HTTP", expected: /not HTTP|broke/ },
  { name: "a body without a head", expected: /not HTTP|broke/ },
  { name: "noise", expected: /not HTTP|broke/ },
  { name: "a status that there is not", expected: /answered 999|not HTTP|broke/ },
  { name: "chunks of no size", expected: /not HTTP|broke/ },
  { name: "a length below zero", expected: /not HTTP|broke/ },
  { name: "two lengths", expected: /not HTTP|broke/ },
  {
    name: "a length and chunks",
    expected: /not HTTP|broke/,
    inWorkerd: {
      expected: /^was read$/,
      why: "it goes by the chunks, as RFC 9112 (6.3) has it, and leaves nothing over",
    },
  },
  { name: "no content", expected: /answered 204/ },
  { name: "a locked door", expected: /answered 401/ },
  { name: "a closed door", expected: /answered 403/ },
  { name: "nobody home", expected: /answered 404/ },
  { name: "gone for good", expected: /answered 410/ },
  { name: "too many requests, for a thousand years", expected: /answered 429/ },
  { name: "a failing server", expected: /answered 503/ },
  { name: "plain text where encryption should be", expected: /breaks off the encryption|broke/, scheme: "https" },
  { name: "silence where encryption should be", expected: /did not answer/, scheme: "https" },
  {
    name: "a certificate that nobody vouches for",
    expected: /certificate/,
    scheme: "https",
    inWorkerd: {
      expected: /broke the connection/,
      why: "locally it does not say; on Cloudflare it is 526, see worker-edge.test.ts",
    },
  },
] as const satisfies readonly HostileSite[];

export type HostileName = (typeof hostileSites)[number]["name"];

/** What the operator is to read of a site there; `was read` of one that does no harm. */
export function expectedOf(site: HostileSite, runtime: "Node" | "workerd"): RegExp {
  return (runtime === "workerd" && site.inWorkerd?.expected) || site.expected;
}
