import type { Clock } from "./clock.ts";
import { hostPort } from "./address.ts";
import { BindError, reasonOf, UnreachableError } from "./errors.ts";
import { ownCertificateError } from "./own_certificate.ts";
import { CertificateError, certificateProblem, type TlsTrust } from "./tls_trust.ts";

/** A server's certificate chain and its private key, in PEM. */
export interface TlsCertificate {
  cert: string;
  key: string;
}

/** How a listener is bound. */
export interface ListenOptions {
  /**
   * Whether others of the same user may listen on the same port, if they say so too; the system deals
   * connections out among them. Only on Linux.
   */
  shared?: boolean;
}

/**
 * Listens for connections.
 * @param hostname an address of this machine; undefined for all of them, IPv4 and IPv6
 * @param port 0 for any free one
 * @throws {BindError} when the port or address cannot be had
 */
export function listenTcp(
  hostname: string | undefined,
  port: number,
  { shared = false }: ListenOptions = {},
): Deno.TcpListener {
  return listenWith((address) => Deno.listen({ ...address, reusePort: shared }), hostname, port);
}

/**
 * The same over TLS.
 * @throws {BindError} when the port or address cannot be had
 * @throws {OwnCertificateError} when certificate and key are not what they should be
 */
export function listenTls(
  hostname: string | undefined,
  port: number,
  certificate: TlsCertificate,
  { shared = false }: ListenOptions = {},
): Deno.TlsListener {
  const how = { ...certificate, reusePort: shared };
  return listenWith((address) => Deno.listenTls({ ...address, ...how }), hostname, port);
}

/** An address to listen on. */
type Listen<L> = (address: { hostname: string; port: number }) => L;

function listenWith<L>(listen: Listen<L>, hostname: string | undefined, port: number): L {
  try {
    if (hostname !== undefined) return listen({ hostname, port });
    return listenOnAll(listen, port);
  } catch (error) {
    const unusable = ownCertificateError(error);
    if (unusable !== undefined) throw unusable;
    const hint = error instanceof Deno.errors.AddrInUse
      ? " (try another port, or 0 for any free one)"
      : error instanceof Deno.errors.PermissionDenied
      ? " (ports below 1024 need privileges; try 8554)"
      : "";
    const where = hostname === undefined ? `port ${port}` : hostPort(hostname, port);
    throw new BindError(`cannot bind ${where}: ${reasonOf(error)}${hint}`, { cause: error });
  }
}

/** One socket for both families where `::` takes IPv4 too, which on Windows it does not. */
function listenOnAll<L>(listen: Listen<L>, port: number): L {
  if (Deno.build.os !== "windows") {
    try {
      return listen({ hostname: "::", port });
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      if (error instanceof Deno.errors.PermissionDenied) throw error;
      // A machine without IPv6 has no such address.
    }
  }
  return listen({ hostname: "0.0.0.0", port });
}

/** What connecting needs from outside. */
export interface ConnectOptions {
  clock: Clock;
  /** ms */
  timeout: number;
  signal?: AbortSignal | undefined;
  /** For TLS: what is trusted beside the authorities that the machine knows. */
  trust?: TlsTrust | undefined;
}

/**
 * Connects within the timeout.
 * @throws {UnreachableError} naming the peer and the cause
 */
export function connectTcp(
  hostname: string,
  port: number,
  options: ConnectOptions,
): Promise<Deno.TcpConn> {
  return connectWithin(hostname, port, options, async (signal) => {
    const connection = await Deno.connect({ hostname, port, signal });
    connection.setNoDelay(true);
    return connection;
  });
}

/**
 * Connects over TLS within the timeout, the handshake included.
 * @throws {UnreachableError} naming the peer and the cause
 * @throws {CertificateError} when the server's certificate is not trusted
 */
export function connectTls(
  hostname: string,
  port: number,
  options: ConnectOptions,
): Promise<Deno.TlsConn> {
  return connectWithin(hostname, port, options, async (signal) => {
    const how = await trustOf({ hostname, port }, options.trust, signal);
    const plain = await Deno.connect({ hostname, port, signal });
    plain.setNoDelay(true);
    const connection = await Deno.startTls(plain, { hostname, ...how });
    signal.addEventListener("abort", () => closeQuietly(connection), { once: true });
    try {
      await connection.handshake();
    } catch (error) {
      closeQuietly(connection);
      throw error;
    }
    return connection;
  });
}

/** What is trusted, as Deno wants it. */
async function trustOf(
  address: { hostname: string; port: number },
  { authorities = [], fingerprint }: TlsTrust = {},
  signal: AbortSignal,
): Promise<Pick<Deno.StartTlsOptions, "caCerts" | "unsafelyDisableHostnameVerification">> {
  if (fingerprint === undefined) return { caCerts: [...authorities] };
  // What few need is not loaded for all.
  const { serverCertificate } = await import("./server_certificate.ts");
  const own = await serverCertificate(address, fingerprint, signal);
  // A certificate that is known itself need not say a name.
  return { caCerts: [own], unsafelyDisableHostnameVerification: true };
}

async function connectWithin<C extends Deno.Conn>(
  hostname: string,
  port: number,
  { clock, timeout, signal }: ConnectOptions,
  connect: (signal: AbortSignal) => Promise<C>,
): Promise<C> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = clock.setTimer(timeout, () => controller.abort());
  try {
    signal?.throwIfAborted();
    return await connect(controller.signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const problem = error instanceof CertificateError ? error.message : certificateProblem(error);
    if (problem !== undefined && !controller.signal.aborted) {
      const where = hostPort(hostname, port);
      const message = `cannot trust the certificate of ${where}: ${problem}`;
      throw new CertificateError(message, { cause: error });
    }
    const why = controller.signal.aborted ? `no answer in ${timeout / 1000} s` : reasonOf(error);
    throw new UnreachableError(`cannot reach ${hostPort(hostname, port)}: ${why}`, {
      cause: error,
    });
  } finally {
    timer.cancel();
    signal?.removeEventListener("abort", abort);
  }
}

/** Writes all of `bytes`. */
export async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}

/** Closes a connection, also one that is closed already. */
export function closeQuietly(connection: { close(): void }): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
