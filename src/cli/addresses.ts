// The HTTP server as `start`, `server` and `demo` run it, and the addresses they print.
import type { System } from '../compose.ts';
import type { ServerOptions } from '../server/server.ts';
import type { Io } from './io.ts';
import type { Service } from './service.ts';

export async function startServerOf(
  { lifecycle }: Pick<Service, 'lifecycle'>,
  system: System,
  options: ServerOptions = {},
): Promise<string> {
  // Loaded here: every other command starts faster without it.
  const { startServer } = await import('../server/server.ts');
  const server = await startServer(system, options);
  lifecycle.add('server', () => server.close());
  return server.url;
}

/** `redis`: the address of our own one. */
export async function sayAddresses(
  io: Io,
  { json }: { readonly json: boolean },
  { url, redis }: { readonly url: string; readonly redis: string | null },
): Promise<void> {
  const addresses = addressesOf(url);
  if (json) return io.out(JSON.stringify({ ...addresses, ...(redis !== null && { redis }) }));
  const { colors } = io;
  const rows = [
    ['API', addresses.api],
    ['Bull Board', addresses.board],
    ['Ready?', addresses.readyz],
    ...(redis === null ? [] : [['Redis', `${redis} (our own, 자체 Redis)`]]),
  ];
  for (const [name = '', address = ''] of rows) await io.out(`  ${name.padEnd(11)} ${colors.cyan(address)}`);
  await io.out(colors.dim('  Ctrl-C to stop. Ctrl-C 로 종료.'));
}

export function addressesOf(url: string) {
  return {
    api: `${url}/v1/order-cancellations`,
    board: `${url}/board`,
    readyz: `${url}/readyz`,
  };
}
