// Sessions of the desk that were ended from elsewhere: all of one operator's, by name.
import type { System } from '../compose.ts';
import { keysFor } from '../redis/keys.ts';

type Deps = Pick<System, 'redis' | 'clock' | 'config'>;

/** Every session that began until now is over, in whichever browser. Answers the time in ms. */
export async function endSessions({ redis, clock, config }: Deps, name: string): Promise<number> {
  const at = clock.now();
  await redis.hset(keysFor(config.redis.prefix).deskSignedOut, name.normalize('NFC'), at);
  return at;
}

/** ms; 0: never. */
export async function signedOutAt({ redis, config }: Deps, name: string): Promise<number> {
  return Number((await redis.hget(keysFor(config.redis.prefix).deskSignedOut, name.normalize('NFC'))) ?? 0);
}
