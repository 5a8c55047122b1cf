// A way to a server that can be forgotten as a firewall does it: what is sent on present connections vanishes, none of
// them ends, and new ones pass.
import { connect, createServer, type Socket } from 'node:net';
import type { TestRedis } from './redis.ts';

export interface Blackhole {
  readonly url: string;
  /** Answers how many connections it swallowed. */
  forget(): number;
  /** Everything that the clients sent. */
  sent(): string;
}

export async function startBlackhole(
  redis: Pick<TestRedis, 'onEnd'>,
  target: { readonly port: number },
): Promise<Blackhole> {
  let sent = '';
  const pairs = new Set<{ forgotten: boolean; sockets: readonly [Socket, Socket] }>();
  const server = createServer((client) => {
    const upstream = connect(target.port, '127.0.0.1');
    const pair = { forgotten: false, sockets: [client, upstream] as const };
    pairs.add(pair);
    const ended = () => {
      if (pair.forgotten) return;
      pairs.delete(pair);
      for (const socket of pair.sockets) socket.destroy();
    };
    const carry = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => {
        if (!pair.forgotten) to.write(bytes);
      });
      from.on('error', ended).on('close', ended);
    };
    client.on('data', (bytes) => {
      sent += bytes.toString('latin1');
    });
    carry(client, upstream);
    carry(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  redis.onEnd(async () => {
    for (const { sockets } of pairs) for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `redis://127.0.0.1:${port}`,
    forget() {
      const present = [...pairs].filter(({ forgotten }) => !forgotten);
      for (const pair of present) pair.forgotten = true;
      return present.length;
    },
    sent: () => sent,
  };
}
