// For tests only: a certificate for localhost that nobody else trusts, and its key. Made by
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 \
//   -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
//   -addext basicConstraints=critical,CA:FALSE
import { X509Certificate } from "node:crypto";
import type { TlsCertificate } from "../../lib/net/tcp.ts";

export const TEST_CERTIFICATE: TlsCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBlzCCAT6gAwIBAgIUEj6KnLksYUDGpDlziXmqfgIJGggwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA4NDgwMFoYDzIxMjYxMDI4
MDg0ODAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASyxI7+WEIMQNIMU9uGeAKpFB533v7Mjab34dy9sMvbFTBhkl/ArWTq
X8KCQTV5SgoYqVJ4+iST7JLvKgRNd0uQo2wwajAdBgNVHQ4EFgQUWxlRZ4Ehy9ot
qNrMs5ktFFZQwfYwHwYDVR0jBBgwFoAUWxlRZ4Ehy9otqNrMs5ktFFZQwfYwGgYD
VR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAwGA1UdEwEB/wQCMAAwCgYIKoZIzj0E
AwIDRwAwRAIgTRSJWSBUR66APOLqGMzbpWnOgcpwkNQ/0+IyN6qfkWcCIDzJ5CWE
gnI3Wgy1VvjCZ/ibK336MavWFXQP/vqrQ2+q
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghuTkrC4s+yyB1JgO
yLbotDF0PG1C1lIqyysAjY5aWWahRANCAASyxI7+WEIMQNIMU9uGeAKpFB533v7M
jab34dy9sMvbFTBhkl/ArWTqX8KCQTV5SgoYqVJ4+iST7JLvKgRNd0uQ
-----END PRIVATE KEY-----
`,
};

/** Another one, made alike. */
export const OTHER_CERTIFICATE: TlsCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBlzCCAT6gAwIBAgIUJx5iljJJQQjjETIriKmGG28BobswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTEyMzMyMFoYDzIxMjYxMDI4
MTIzMzIwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASTozxaqbLJhh1pYgMwTXAkYBHpn0D+XcyffNYOOMLXNSbDcgonRLHa
KUXZmyOfVFGgjtp+/Xy8ECizwc5XCnvzo2wwajAdBgNVHQ4EFgQUUCyVooHzn0uc
L1nf0/3HW3fUbjAwHwYDVR0jBBgwFoAUUCyVooHzn0ucL1nf0/3HW3fUbjAwGgYD
VR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAwGA1UdEwEB/wQCMAAwCgYIKoZIzj0E
AwIDRwAwRAIgAvqNppkRwarIYPxqfdcRskJUqH4ymxUISfIVkbg1r50CIG8l7GKq
ul1sJv12HpVsLVgMTnkGigI0mdZ/3uSkgLpp
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdrdh6D0jcZ0hYMuY
zyhrnhx83ezBZFDLWd51tdyoAYmhRANCAASTozxaqbLJhh1pYgMwTXAkYBHpn0D+
XcyffNYOOMLXNSbDcgonRLHaKUXZmyOfVFGgjtp+/Xy8ECizwc5XCnvz
-----END PRIVATE KEY-----
`,
};

/** The SHA-256 of a certificate, 32 bytes. */
export async function certificateFingerprint({ cert }: TlsCertificate): Promise<Uint8Array> {
  const der = new Uint8Array(new X509Certificate(cert).raw);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", der));
}
