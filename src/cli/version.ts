// The version of the program.
import { createRequire } from 'node:module';

/** The package finds itself by its name, in the sources, in dist and when installed. */
export function ownVersion(): string {
  const own: unknown = createRequire(import.meta.url)('bootpay-refund-worker/package.json');
  return typeof own === 'object' && own !== null && 'version' in own ? String(own.version) : 'unknown';
}
