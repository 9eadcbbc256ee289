/** Characters in a line of PEM (RFC 7468, section 2). */
const PEM_LINE = 64;

/** DER as PEM text. @param label what it is: `CERTIFICATE`, `PRIVATE KEY` (RFC 7468) */
export function toPem(label: string, der: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...der));
  const lines = base64.match(new RegExp(`.{1,${PEM_LINE}}`, "g")) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
