// Who may import whom: the picture at the end of the style guide, as data.

/** Each part of `src` with what it may use at run time. Parts that are missing here may import nothing. */
const uses: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  policies: ['domain'],
  config: ['domain'],
  platform: ['domain'],
  queue: ['policies', 'domain'],
  bootpay: ['queue', 'policies', 'domain'],
  ledger: ['queue', 'policies', 'domain'],
  producer: ['queue', 'policies', 'domain'],
  worker: ['queue', 'policies', 'domain'],
  'dead-letter': ['queue', 'policies', 'domain'],
  reconcile: ['queue', 'policies', 'domain'],
  'outcome-events': ['platform', 'queue', 'policies', 'domain'],
};

const everyPart = Object.keys(uses);
/** They put real things together, so they may know all of them; `cli` starts `server`, never the other way round. */
const tops: Readonly<Record<string, readonly string[]>> = {
  compose: [...everyPart, 'simulator'],
  server: [...everyPart, 'compose'],
  cli: [...everyPart, 'compose', 'server', 'simulator'],
};

/** Logger and Clock are ports: their types may be named where the real ones are handed in. */
const namesPlatformTypes = ['worker', 'ledger', 'dead-letter', 'reconcile', 'producer', 'queue'];

/** What other services import is a second composition root. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  'src/producer/index.ts': ['src/ledger/', 'src/platform/data-key.ts', 'src/platform/clock.ts'],
};

/** `src/worker/start.ts` is of the part `worker`, `src/compose.ts` of `compose`, `simulator/…` of `simulator`. */
export function partOf(path: string): string {
  const [top = '', next = ''] = path.split('/');
  return top === 'src' ? next.replace(/\.ts$/, '') : top;
}

export function mayImport(from: string, to: string, typeOnly: boolean): boolean {
  const [importer, imported] = [partOf(from), partOf(to)];
  if (importer === imported) return true;
  if (exceptions[from]?.some((allowed) => to.startsWith(allowed)) === true) return true;
  if (typeOnly && imported === 'platform' && namesPlatformTypes.includes(importer)) return true;
  return (uses[importer] ?? tops[importer] ?? []).includes(imported);
}
