// The answers to commands that were sent together.
import type { ChainableCommander } from 'ioredis';

/** In the order of the commands. @throws the first error among them. */
export async function answersOf(commands: ChainableCommander): Promise<unknown[]> {
  return ((await commands.exec()) ?? []).map(([error, answer]) => {
    if (error !== null) throw error;
    return answer;
  });
}
