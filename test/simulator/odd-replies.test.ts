// Replies as something on the way may dress them: each switch both ways, over real HTTP.
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ScenarioInput, type Simulator, startSimulator } from '../../simulator/index.ts';

const authorization = `Basic ${Buffer.from('sim_client_key:sim_secret_key').toString('base64')}`;

async function start(scenario: ScenarioInput): Promise<Simulator> {
  const simulator = await startSimulator({
    scenario: { receipts: [{ id: 'r1', price: 10_000 }], ...scenario },
  });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** As it came, without the decoding that fetch does. */
async function bytesOf(simulator: Simulator): Promise<{ bytes: Buffer; encoding: string | null }> {
  const response = await request(`${simulator.url}/receipt/r1`, { headers: { authorization } });
  const encoding = response.headers['content-encoding'];
  const bytes = Buffer.from(await response.body.arrayBuffer());
  return { bytes, encoding: typeof encoding === 'string' ? encoding : null };
}

const decoders = {
  gzip: gunzipSync,
  deflate: inflateSync,
  'deflate-raw': inflateRawSync,
  br: brotliDecompressSync,
} as const;

describe('a reply', () => {
  it('is plain JSON where no switch says otherwise', async () => {
    const { bytes, encoding } = await bytesOf(await start({}));
    expect(encoding).toBeNull();
    expect(JSON.parse(bytes.toString())).toMatchObject({ receipt_id: 'r1' });
    expect(JSON.parse(bytes.toString())).not.toHaveProperty('error_code');
  });

  it.each(['gzip', 'deflate', 'deflate-raw', 'br'] as const)('is written in %s', async (replyEncoding) => {
    const { bytes, encoding } = await bytesOf(await start({ switches: { replyEncoding } }));
    expect(encoding).toBe(replyEncoding === 'deflate-raw' ? 'deflate' : replyEncoding);
    const text = decoders[replyEncoding](bytes).toString();
    expect(JSON.parse(text)).toMatchObject({ receipt_id: 'r1', price: 10_000 });
  });

  it('begins with a byte order mark', async () => {
    const { bytes } = await bytesOf(await start({ switches: { replyMark: true } }));
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from('\ufeff'));
  });

  it.each([
    ['name', 'RC_NOT_FOUND'],
    ['number', 2000],
    ['number_text', '2000'],
  ] as const)('writes a code as its %s', async (errorCodeAs, code) => {
    const lookUp = [{ reply: 'not_found' }] as const;
    const simulator = await start({ switches: { errorCodeAs }, default: { look_up: [...lookUp] } });
    const { bytes } = await bytesOf(simulator);
    expect(JSON.parse(bytes.toString())).toMatchObject({ error_code: code });
  });

  it.each([0, '0', ''] as const)('has %j for a code beside a success', async (okErrorCode) => {
    const { bytes } = await bytesOf(await start({ switches: { okErrorCode } }));
    expect(JSON.parse(bytes.toString())).toMatchObject({ receipt_id: 'r1', error_code: okErrorCode });
  });

  it('is any page that a script writes', async () => {
    const page = { reply: 'page', status: 403, type: 'text/html', text: '<h1>Forbidden</h1>' } as const;
    const simulator = await start({ default: { look_up: [page] } });
    const { bytes } = await bytesOf(simulator);
    expect(bytes.toString()).toBe('<h1>Forbidden</h1>');
    expect(simulator.calls[0]).toMatchObject({ outcome: 'page', httpStatus: 403 });
  });
});
