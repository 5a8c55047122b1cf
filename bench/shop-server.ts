// Our HTTP server in a process of its own; `shop-server-main.ts` is the other side.
import { z } from 'zod';
import type { Place } from './contenders/contender.ts';
import { startHelper } from './helper-process.ts';

export interface ShopServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startShopServer(place: Place): Promise<ShopServer> {
  const helper = await startHelper(new URL('./shop-server-main.ts', import.meta.url));
  const url = z.string().parse(await helper.ask({ place }));
  return { url, stop: helper.stop };
}
