import ipaddr from "ipaddr.js";

/** Names that never leave the network they are asked in. */
const inwardNames =
  /^(?:localhost|.*\.(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|home\.arpa|onion))\.?$/i;

/** Public by their range, but the inside of a cloud by their use. */
const insideClouds = new Set(["168.63.129.16", "192.88.99.1"]);

/** Hosts that the operator allows in spite of their addresses: names or addresses, as URLs write them. */
export type AllowedHosts = ReadonlySet<string>;

/** A request that would have gone where it must not. */
export class BlockedAddress extends Error {
  override name = "BlockedAddress";
}

/**
 * Whether an address, as a socket names it, belongs to the public internet. Private, loopback, link-local (clouds'
 * metadata), shared, documentation and multicast ranges do not, nor does IPv4 inside IPv6 (mapped, NAT64, 6to4, Teredo)
 * that is one of these.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  if (!ipaddr.isValid(bare)) return false;
  const parsed = ipaddr.process(bare);
  if (insideClouds.has(parsed.toString())) return false;
  if (parsed.kind() === "ipv4") return parsed.range() === "unicast";
  const inner = ipv4Inside(parsed as ipaddr.IPv6);
  if (inner !== null) return isPublicAddress(inner);
  return (
    parsed.range() === "unicast" &&
    (parsed as ipaddr.IPv6).parts[0]! >= 0x2000 &&
    (parsed as ipaddr.IPv6).parts[0]! < 0x4000
  );
}

/** Why this address may not be asked for, by its text alone; null when only the socket can tell. */
export function blockedReason(url: string, allowed: AllowedHosts): string | null {
  const parsed = URL.parse(url);
  if (parsed === null) return "is no address";
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return `${parsed.protocol}// is not the web`;
  if (parsed.username !== "" || parsed.password !== "") return "carries a password";
  const host = hostOf(parsed.hostname);
  if (allowed.has(host) || allowed.has(`${host}:${parsed.port}`)) return null;
  if (isAddress(host)) return isPublicAddress(host) ? null : "is inside a network";
  // URL has turned 0x7f.1, 2130706433 and their like into addresses already; a name without a dot is a machine next
  // door.
  return inwardNames.test(host) || !host.replace(/\.$/, "").includes(".") ? "is inside a network" : null;
}

/** Whether the host of a URL is an address and no name. */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(host.replace(/^\[|\]$/g, ""));
}

/** A host as allow lists hold it: lower case, without brackets. */
export function hostOf(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$/g, "");
}

/** The IPv4 address that an IPv6 address carries to a gateway; null when it carries none. */
function ipv4Inside(address: ipaddr.IPv6): string | null {
  const [a, b, c, , , , g, h] = address.parts as [number, number, number, number, number, number, number, number];
  const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join(".");
  if (a === 0x64 && b === 0xff9b) return dotted(g, h);
  if (a === 0x2002) return dotted(b, c);
  if (a === 0x2001 && b === 0) return dotted(g ^ 0xffff, h ^ 0xffff);
  if (address.parts.slice(0, 6).every((part) => part === 0) && (g !== 0 || h > 1)) return dotted(g, h);
  return null;
}
