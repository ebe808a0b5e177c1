/** How sources know this program: its name, and where its operator can be found when there is such a place. */
export function userAgent(publicUrl: string | undefined): string {
  return publicUrl === undefined ? "tidings/1.0 (news digests)" : `tidings/1.0 (news digests; +${publicUrl})`;
}
