// The two calls of one refund, made with undici and nothing else: what nobody can be faster than.
import { Pool } from 'undici';
import { z } from 'zod';

export interface Calls {
  /** Look-up, then cancel; throws when the money did not go back. */
  refund(receiptId: string): Promise<void>;
  close(): Promise<void>;
}

const headers = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  'content-type': 'application/json',
  'user-agent': 'benchmark',
  authorization: `Basic ${Buffer.from('sim_client_key:sim_secret_key').toString('base64')}`,
};
const totals = z.object({ price: z.number(), cancelled_price: z.number() });

export function createCalls(bootpayUrl: string, connections: number): Calls {
  const { origin, pathname } = new URL(bootpayUrl);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const ask = async (method: 'GET' | 'POST', path: string, body: string | null) => {
    const reply = await pool.request({ method, path: pathname + path, headers, body });
    return totals.parse(await reply.body.json());
  };
  return {
    async refund(receiptId) {
      const before = await ask('GET', `/receipt/${receiptId}?lookup_user_data=false`, null);
      if (before.cancelled_price !== 0) throw new Error(`${receiptId} was cancelled before`);
      const body = JSON.stringify({ receipt_id: receiptId, cancel_id: receiptId });
      const after = await ask('POST', '/cancel', body);
      if (after.cancelled_price !== after.price) throw new Error(`${receiptId} was not cancelled`);
    },
    close: () => pool.close(),
  };
}
