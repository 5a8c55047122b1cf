// Connections to one host, kept for a moment: what calls to Bootpay and outcome events leave by.
import { createConnector, type WayOptions } from './connector.ts';
import { Pool } from './undici.ts';

export interface PoolOptions extends WayOptions {
  /** undefined: as many as there are requests at once. */
  readonly connections?: number | undefined;
}

/** The other methods of a pool are added by undici's index, which is not loaded. */
type OpenPool = Pick<InstanceType<typeof Pool>, 'dispatch' | 'destroy'>;

/** An idle socket older than this is closed by us: the longer it idles, the likelier the other side is gone. */
const keepAliveMs = 4_000;

/** A Pool, because an Agent drops its pool at a disconnect: the bound on sockets and `destroy` would miss the old one. */
export function openPool(origin: string, { connections, ...way }: PoolOptions): OpenPool {
  return new Pool(origin, {
    connect: createConnector(way),
    // The caller's limit is the only time-out. A second one, for headers or for the pause between two pieces of a body,
    // would lose answers that come in time: a 2086 may begin at once and take a minute all the same.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    pipelining: 1,
    allowH2: false,
    connections: connections ?? null,
  });
}
