// JSON from outside. Two of its traps are named instead of passed on: a name that stands twice in one object (readers
// disagree about which value counts), and a number that a double cannot hold exactly.
import { createScanner, type JSONPath, visit } from 'jsonc-parser';

export type JsonReading =
  /** `repeated`: where a name stands again in its object, from the outside inwards. */
  | { readonly kind: 'json'; readonly value: unknown; readonly repeated: readonly JSONPath[] }
  | { readonly kind: 'not_json' };

/** Stands in a value that was read for a number that a double would change. No schema takes it for a number. */
export class InexactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export function readJsonText(text: string): JsonReading {
  try {
    const value: unknown = JSON.parse(text);
    return mayHideTraps(text, value)
      ? { kind: 'json', ...readClosely(text, value) }
      : { kind: 'json', value, repeated: [] };
  } catch {
    // Not JSON, or nested so deeply that no reader of ours follows.
    return { kind: 'not_json' };
  }
}

/** What other languages write for a value and JSON does not have, where text that is no JSON holds one: `NaN`. */
export function wordOutsideJson(text: string): string | null {
  const scanner = createScanner(text, true);
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const start = scanner.getTokenOffset();
    const token = text.slice(start, start + scanner.getTokenLength());
    if (/^(?:NaN|Infinity|undefined|None|True|False)$/.test(token)) return token;
  }
  return null;
}

/** A place in a body, as a person reads it. */
export function pathText(path: readonly (string | number)[]): string {
  return path.join('.').slice(0, 100);
}

/** Deeper than any field that we read. Names a place cheaply, whatever a body holds. */
const deepestNamed = 16;
const mostNamed = 50;

/** In text that is JSON: a string and whether it is a name, or a number that is no short whole one. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?[0-9]+(?:[.eE][0-9.eE+-]*|[0-9]{15})/g;

/** Cheap, and right about the many texts without a trap: as many names as members, and whole numbers only. */
function mayHideTraps(text: string, value: unknown): boolean {
  let names = 0;
  for (const [token, isName] of text.matchAll(tokens)) {
    if (!token.startsWith('"')) return true;
    if (isName !== undefined) names += 1;
  }
  return names !== membersIn(value);
}

function membersIn(value: unknown): number {
  let members = 0;
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    const values = Object.values(next);
    if (!Array.isArray(next)) members += values.length;
    for (const inner of values) left.push(inner);
  }
  return members;
}

function readClosely(text: string, value: unknown): { value: unknown; repeated: JSONPath[] } {
  const repeated: JSONPath[] = [];
  const objects: Set<string>[] = [];
  const root = { value };
  const placeOf = (path: () => JSONPath) => (objects.length > deepestNamed ? ['(nested deeply)'] : path());
  visit(text, {
    onObjectBegin: () => void objects.push(new Set()),
    onObjectEnd: () => void objects.pop(),
    onObjectProperty(name, _offset, _length, _line, _character, parent) {
      const names = objects.at(-1);
      if (names?.has(name) === true && repeated.length < mostNamed) repeated.push([...placeOf(parent), name]);
      names?.add(name);
    },
    onLiteralValue(literal, offset, length, _line, _character, path) {
      const written = text.slice(offset, offset + length);
      if (typeof literal !== 'number' || isExact(written)) return;
      put(root, ['value', ...placeOf(path)], new InexactNumber(written));
    },
  });
  return { value: root.value, repeated };
}

/** Whether the number as it is written is the double that JavaScript makes of it. Fractions are: nothing takes them. */
function isExact(written: string): boolean {
  const value = Number(written);
  if (!Number.isFinite(value)) return false;
  if (!Number.isInteger(value)) return true;
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(written) ?? [];
  const digits = `${whole}${fraction}`.replace(/0+$/, '');
  if (digits.replace(/^0+/, '') === '') return value === 0;
  const zeros = Number(exponent) - fraction.length + (whole.length + fraction.length - digits.length);
  return zeros >= 0 && BigInt(digits) * 10n ** BigInt(zeros) === BigInt(Math.abs(value));
}

function put(root: object, path: JSONPath, value: unknown): void {
  let place: object = root;
  for (const name of path.slice(0, -1)) {
    const next: unknown = Object.hasOwn(place, name) ? Reflect.get(place, name) : undefined;
    if (typeof next !== 'object' || next === null) return; // another value of a repeated name counts
    place = next;
  }
  const last = path.at(-1);
  if (last !== undefined && Object.hasOwn(place, last)) Reflect.set(place, last, value);
}
