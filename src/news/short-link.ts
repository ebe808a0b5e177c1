/** Characters of a code's signature: 48 bits, so that nobody makes one up. */
const signatureChars = 8;
const codePattern = /^([0-9a-z]{1,11})([\w-]{8})$/;

/** Short addresses of articles under a host of our own: `<base>/r/<code>`. */
export type ShortLinks = {
  of(articleId: number): Promise<string>;
  /** The article behind a code; null when it is none that we made. */
  read(code: string): Promise<number | null>;
};

/** A code is an article's id and a signature over it (HMAC-SHA-256, shortened), so that it leads only where we sent it. */
export function createShortLinks(secret: string, base: string): ShortLinks {
  let key: ReturnType<typeof crypto.subtle.importKey> | undefined;

  async function sign(id: string): Promise<string> {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    key ??= crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["sign"]);
    const signed = await crypto.subtle.sign("HMAC", await key, new TextEncoder().encode(`article ${id}`));
    const text = btoa(String.fromCharCode(...new Uint8Array(signed)));
    return text.replaceAll("+", "-").replaceAll("/", "_").slice(0, signatureChars);
  }

  return {
    async of(articleId) {
      const id = articleId.toString(36);
      return `${base}/r/${id}${await sign(id)}`;
    },
    async read(code) {
      const [, id, signature] = codePattern.exec(code) ?? [];
      if (id === undefined || signature !== (await sign(id))) return null;
      const articleId = Number.parseInt(id, 36);
      return Number.isSafeInteger(articleId) ? articleId : null;
    },
  };
}
