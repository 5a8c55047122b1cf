// Reads the Lua scripts that lie beside the code. In the producer's bundle there are no files: the build puts a module
// that holds their texts in this one's place (tools/bundle-producer.ts).
import { readFileSync } from 'node:fs';

/** `file` is relative to `base`, the URL of the module that asks. */
export function readScript(base: string, file: string): string {
  return readFileSync(new URL(file, base), 'utf8');
}
