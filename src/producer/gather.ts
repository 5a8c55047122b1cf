// Batches items that arrive one by one while others are under way: many requests at once cost what a few do.
import { InvariantError } from '../domain/errors.ts';

interface WaitingItem<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

interface GatherOptions {
  readonly batchSize: number;
  /** Further items wait for one of so many to come back. The first goes at once, and alone. */
  readonly batchesUnderWay: number;
}

/**
 * `run` answers in the order given. Where it fails, its whole batch fails, and so do all waiting items: with a silent
 * Redis each batch would otherwise wait for its own time-out in turn.
 */
export function gathered<Item, Result>(
  run: (batch: readonly Item[]) => Promise<readonly Result[]>,
  { batchSize, batchesUnderWay }: GatherOptions,
): (item: Item) => Promise<Result> {
  const waiting: WaitingItem<Item, Result>[] = [];
  let underWay = 0;

  async function send(batch: readonly WaitingItem<Item, Result>[]): Promise<void> {
    try {
      const results = await run(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new InvariantError('an item without a result');
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      for (const { reject } of [...batch, ...waiting.splice(0)]) reject(error);
    }
  }

  async function sendAll(): Promise<void> {
    underWay += 1;
    while (waiting.length > 0) await send(waiting.splice(0, batchSize));
    underWay -= 1;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (underWay < batchesUnderWay) void sendAll();
    });
}
