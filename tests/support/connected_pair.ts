/** Two ends of a connection within this process; closed with it. */
export interface ConnectedPair extends Disposable {
  readonly ours: Deno.TcpConn;
  readonly theirs: Deno.TcpConn;
}

/** Connects over the loopback. @param hostname an address of it; `ours` is the accepted end */
export async function connectedPair(hostname = "127.0.0.1"): Promise<ConnectedPair> {
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const [theirs, ours] = await Promise.all([
    Deno.connect({ hostname, port }),
    listener.accept(),
  ]);
  listener.close();
  return {
    ours,
    theirs,
    [Symbol.dispose]: () => {
      for (const end of [ours, theirs]) end.close();
    },
  };
}
