// The bytes of a reply become text: content codings are undone within the size bound, a byte order mark is dropped.
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

type BodyText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'broken'; readonly cause: 'too_large' | 'unknown_encoding' | 'broken_encoding' };

interface BodyBounds {
  /** The `content-encoding` header; null: none. */
  readonly encoding: string | null;
  /** Of the text as well as of what came: a small body may unfold to gigabytes. */
  readonly maxBytes: number;
}

/** `maxOutputLength` stops a decoder at the bound, however far the body would unfold. */
type DecoderOptions = { readonly maxOutputLength: number };
type Decoder = (bytes: Buffer, options: DecoderOptions) => Buffer;

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateEither],
  ['br', brotliDecompressSync],
]);

/** We ask for no compression; something between Bootpay and us may compress all the same, once or twice. */
const mostCodings = 2;

export function bodyText(bytes: Buffer, { encoding, maxBytes }: BodyBounds): BodyText {
  const codings = codingsOf(encoding);
  if (codings.length === 0 || bytes.length === 0) return { kind: 'text', text: textOf(bytes) };
  const decoded = decode(bytes, codings, maxBytes);
  if (decoded.kind === 'decoded') return { kind: 'text', text: textOf(decoded.bytes) };
  // A header that a proxy left behind when it undid the coding: what is readable as it is, is read.
  const plain = textOf(bytes);
  return decoded.cause !== 'too_large' && plain.trimStart().startsWith('{')
    ? { kind: 'text', text: plain }
    : { kind: 'broken', cause: decoded.cause };
}

/** In the order in which they were applied. */
function codingsOf(encoding: string | null): string[] {
  const names = (encoding ?? '').toLowerCase().split(',');
  return names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
}

type Decoded =
  | { readonly kind: 'decoded'; readonly bytes: Buffer }
  | { readonly kind: 'broken'; readonly cause: 'too_large' | 'unknown_encoding' | 'broken_encoding' };

function decode(bytes: Buffer, codings: readonly string[], maxBytes: number): Decoded {
  if (codings.length > mostCodings) return { kind: 'broken', cause: 'unknown_encoding' };
  let plain = bytes;
  for (const coding of codings.toReversed()) {
    const decoder = decoders.get(coding);
    if (decoder === undefined) return { kind: 'broken', cause: 'unknown_encoding' };
    try {
      plain = decoder(plain, { maxOutputLength: maxBytes });
    } catch (error) {
      return { kind: 'broken', cause: isTooLarge(error) ? 'too_large' : 'broken_encoding' };
    }
  }
  return { kind: 'decoded', bytes: plain };
}

/** Servers send `deflate` with and without the header of zlib. */
function inflateEither(bytes: Buffer, options: DecoderOptions): Buffer {
  try {
    return inflateSync(bytes, options);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return inflateRawSync(bytes, options);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function textOf(bytes: Buffer): string {
  // The decoder drops the mark of its own encoding; a second one stays and is no JSON.
  return new TextDecoder(encodingOf(bytes)).decode(bytes).replace(/^\uFEFF+/, '');
}

function encodingOf(bytes: Buffer): string {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (mark === 0xfffe) return 'utf-16le';
  return mark === 0xfeff ? 'utf-16be' : 'utf-8';
}
