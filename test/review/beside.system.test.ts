// What people keep beside a refund: notes, whose case it is, and who is looking at it. It never moves the refund, and goes
// when the refund goes.
import { beforeAll, describe, expect, test } from 'vitest';
import { longestNote, mostNotes } from '../../src/domain/beside.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { watchedForMs } from '../../src/review/beside.ts';
import { cliHere, folderForTest } from '../cli/support.ts';
import { operator, operatorsEnv, viewer } from '../server/people.ts';
import { everythingIn, openServer } from '../server/support.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { environmentOf } from '../support/shop.ts';

const redis = useRedis();
let env = { OPERATORS: '' };
beforeAll(async () => {
  env = await operatorsEnv();
});

async function served() {
  const shop = await openServer(redis, { env });
  const id = await makeCase(shop, { name: 'a', acceptedAt: shop.system.clock.now() - 60_000 });
  const { version } = await shop.read(id);
  const at = `/v1/dead-letters/${id}`;
  const post = (path: string, json: unknown, headers = operator) =>
    shop.call(`${at}${path}`, { json, headers });
  const shown = async () => (await shop.call(at, { headers: viewer })).body;
  const acts = async () => (await shop.call(`/v1/actions?refund_id=${id}`, { headers: viewer })).body.items;
  return { ...shop, id, version, at, post, shown, acts };
}

describe('a note', () => {
  test('is kept with who, by which way and when, and changes no version', async () => {
    const shop = await served();
    const { post, shown, acts, version } = shop;
    const { status, body } = await post('/notes', { text: ' <b>통화함</b> ' });
    expect(status).toBe(200);
    const kept = { at: expect.any(String), who: '김운영', via: 'http', what: 'note', text: '<b>통화함</b>' };
    expect(body).toMatchObject({ version, notes: [kept] });
    expect(await shown()).toMatchObject({ version, notes: [kept], assigned_to: null, watching: [] });
    expect(await acts()).toMatchObject([
      {
        what: 'note',
        who: '김운영',
        via: 'http',
        reason: '<b>통화함</b>',
        order_id: 'ORD-a',
        answer: 'done',
      },
    ]);
    expect((await post('/notes', { text: 'x' }, viewer)).status).toBe(403);
    expect((await post('/notes', { text: 'x'.repeat(longestNote + 1) })).status).toBe(422);
    expect((await shown()).notes).toHaveLength(1);
  });

  test('shows no account that is kept for the refund', async () => {
    const shop = await openServer(redis, { env });
    const account = { bank_account: '110123456789', bank_username: '홍길동', bank_code: '088' };
    const { refund_id } = await shop.send({ receipt_id: 'r-1', refund: account });
    const id = refundIdSchema.parse(refund_id);
    const by = { who: 'kim', via: 'cli' } as const;
    await shop.system.caseBeside.note(id, by, '홍길동 고객님 110-123-456789로 달래요');
    const { notes } = await shop.system.ledger.beside(id, 0);
    expect(notes[0]?.text).toBe('(hidden) 고객님 (hidden)로 달래요');
    expect(await everythingIn(shop.system)).not.toContain('110-123-456789');
  });

  test('is one of so many, and none is added to a refund that was erased', async () => {
    const { system, id, post, acts } = await served();
    const by = { who: 'kim', via: 'cli' } as const;
    for (let number = 1; number < mostNotes; number += 1)
      await system.caseBeside.note(id, by, `note ${number}`);
    expect((await post('/notes', { text: 'the last one' })).status).toBe(200);
    const { status, body } = await post('/notes', { text: 'one too many' });
    expect([status, body.rule]).toEqual([422, 'too_many_notes']);
    expect((await acts())[0]).toMatchObject({ what: 'note', answer: 'refused', rule: 'too_many_notes' });

    const verdict = { outcome: 'not_to_be_refunded', evidence: null, acknowledge: true } as const;
    const closed = await system.deadLetters.resolve(id, { ...by, ...verdict, reason: 'x', version: null });
    expect(closed.kind).toBe('done');
    const query = { state: 'resolved', endedBy: Date.now() + 60_000, passOver: 0, limit: 10 } as const;
    expect((await system.ledger.purge(query)).purged).toBe(1);
    expect((await system.ledger.beside(id, 0)).notes).toEqual([]);
    const [note, action] = [
      { ...by, at: 1, what: 'note', text: 'late', to: null },
      { ...by, at: 1, what: 'note', answer: 'done' },
    ] as const;
    expect(await system.ledger.addNote(id, { note, action })).toBe('missing');
    expect((await post('/notes', { text: 'late' })).status).toBe(410);
    expect((await system.ledger.beside(id, 0)).notes).toEqual([]);
  });
});

describe('a hand-over', () => {
  test('says whose case it is, everywhere and to the filter, until the case is another one', async () => {
    const shop = await served();
    const { call, post, shown, acts, system, id, version } = shop;
    const other = await makeCase(shop, { name: 'b', acceptedAt: system.clock.now() });
    const given = await post('/assign', { to: '이운영', version, note: '계좌 확인 부탁해요' });
    expect(given.body).toMatchObject({ version, assigned_to: '이운영' });
    expect((await shown()).notes).toMatchObject([
      { what: 'hand_over', who: '김운영', to: '이운영', text: '계좌 확인 부탁해요' },
    ]);
    expect((await acts())[0]).toMatchObject({
      what: 'hand_over',
      who: '김운영',
      version,
      edits: { to: '이운영' },
      answer: 'done',
    });
    const listed = async (query: string) =>
      (await call(`/v1/dead-letters?${query}`, { headers: viewer })).body.items.map(
        (item: { refund_id: string; assigned_to: string | null }) => [item.refund_id, item.assigned_to],
      );
    expect(await listed('sort=age')).toEqual([
      [id, '이운영'],
      [other, null],
    ]);
    expect(await listed(`assigned=${encodeURIComponent('이운영')}`)).toEqual([[id, '이운영']]);
    expect(await listed(`assigned=${encodeURIComponent('김운영')}`)).toEqual([]);

    const by = { who: 'kim', via: 'cli', reason: 'x', version: null, acknowledge: true } as const;
    const replay = { ...by, newGeneration: false, edits: {} };
    expect((await system.deadLetters.replay(id, replay)).kind).toBe('done');
    expect((await call(`/v1/refunds/${id}`, { headers: viewer })).body.assigned_to).toBeNull();
    expect((await post('/assign', { to: '이운영', version })).status).toBe(409);
    expect((await acts())[0]).toMatchObject({ what: 'hand_over', answer: 'moved' });
  });

  test('is to an operator who may decide, or to nobody', async () => {
    const { post, shown, version } = await served();
    for (const to of ['누구세요', '보기']) {
      const { status, body } = await post('/assign', { to, version });
      expect([status, body.rule], to).toEqual([422, 'no_such_person']);
    }
    expect((await post('/assign', { to: '이운영', version }, viewer)).status).toBe(403);
    await post('/assign', { to: '이운영'.normalize('NFD'), version });
    expect((await shown()).assigned_to).toBe('이운영');
    await post('/assign', { to: null, version });
    expect((await shown()).assigned_to).toBeNull();
  });
});

test('people who look at a case are shown for ten minutes, or until they stop', async () => {
  const { system, id, shown } = await served();
  await system.caseBeside.watch(id, '김운영');
  await system.caseBeside.watch(id, '이운영');
  expect(new Set((await shown()).watching)).toEqual(new Set(['김운영', '이운영']));
  await system.caseBeside.unwatch(id, '김운영');
  expect((await shown()).watching).toEqual(['이운영']);
  const later = system.clock.now() + watchedForMs;
  expect((await system.ledger.beside(id, later)).watching).toEqual([]);
});

test('the terminal writes notes, hands over and shows both', async () => {
  const shop = await served();
  const { id, system } = shop;
  const run = (...words: string[]) =>
    cliHere(['dead-letters', ...words], {
      env: { ...environmentOf(shop), ...env },
      folder: folderForTest(),
    });
  expect((await run('note', id, '--as', '김운영', '--text', '통화함')).code).toBe(0);
  expect((await run('assign', id, '--as', '김운영', '--to', '이운영')).code).toBe(0);
  const unknown = await run('assign', id, '--as', '김운영', '--to', '누구');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('운영자 목록에 없어요')]);
  const { stdout } = await run('show', id);
  expect(stdout).toMatch(/assigned to\s+이운영/);
  expect(stdout).toContain('통화함');
  expect((await run('list')).stdout).toContain('assigned to 이운영');
  const acts = (await system.ledger.actions({ refundId: id, limit: 10 })).items;
  expect(acts.map(({ what, via, answer }) => [what, via, answer])).toEqual([
    ['hand_over', 'cli', 'refused'],
    ['hand_over', 'cli', 'done'],
    ['note', 'cli', 'done'],
  ]);
});
