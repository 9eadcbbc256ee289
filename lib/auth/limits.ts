/** Ceilings on an authentication header field. Going past one is malformed. */
export const AUTH_LIMITS = Object.freeze({
  /** Characters of one header value. */
  value: 8_192,
  /** Challenges in all header values of one reply. */
  challenges: 16,
  /** Parameters of one challenge or of one set of credentials. */
  parameters: 32,
});
