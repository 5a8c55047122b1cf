// Every form of the desk: without a session, without its token, with another's, or without the role it asks for, nothing
// changes; with all of them it does what it says.
import { expect, test } from 'vitest';
import type { RefundId } from '../../src/domain/ids.ts';
import { createApp } from '../../src/server/app.ts';
import { operatorsEnv } from '../server/people.ts';
import { openServer, type Served } from '../server/support.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { signedIn, visitor } from './caller.ts';

const redis = useRedis();

interface Form {
  /** As it is declared. */
  readonly route: string;
  readonly fields: Readonly<Record<string, string>>;
  /** What a viewer who sends it gets. */
  readonly viewer: 'refused' | 'done';
  /** With everything in order: `acts` moves the case. */
  readonly does: 'acts' | 'shows';
  /** What `:id` stands for; default: the case. */
  readonly of?: (shop: Served, id: RefundId) => Promise<string>;
  /** What a reviewer gets with everything in order; default: 303, of a preview 200. */
  readonly status?: number;
}

const clerk = { who: 'kim', via: 'cli' } as const;
const preview = ({ system }: Served) => system.bulks.preview(clerk, {});

/** Of an earlier version of the case. */
const noApproval = async (_shop: Served, id: RefundId) => `${id}-1-1`;

/** A form that is added to the desk is added here. */
const forms: readonly Form[] = [
  {
    route: '/review/cases/:id/replay',
    fields: { choice: 'as_asked', reason: 'PG is back', confirmed: 'yes' },
    viewer: 'refused',
    does: 'acts',
  },
  {
    route: '/review/cases/:id/replay/preview',
    fields: { choice: 'as_asked' },
    viewer: 'refused',
    does: 'shows',
  },
  {
    route: '/review/cases/:id/resolve',
    fields: {
      ...{ outcome: 'not_to_be_refunded', reason: 'no such order' },
      ...{ confirmed: 'yes', confirms: 'no_look_up' },
    },
    viewer: 'refused',
    does: 'acts',
  },
  { route: '/review/cases/:id/look', fields: {}, viewer: 'done', does: 'shows' },
  { route: '/review/bulk', fields: {}, viewer: 'refused', does: 'acts' },
  {
    route: '/review/bulk/:id/start',
    fields: { reason: 'PG is back', per_minute: '60' },
    viewer: 'refused',
    does: 'acts',
    of: preview,
  },
  { route: '/review/bulk/:id/again', fields: {}, viewer: 'refused', does: 'acts', of: preview },
  { route: '/review/bulk/:id/stop', fields: {}, viewer: 'refused', does: 'shows', of: preview },
  { route: '/review/cases/:id/note', fields: { text: 'called' }, viewer: 'refused', does: 'acts' },
  { route: '/review/cases/:id/watch', fields: {}, viewer: 'refused', does: 'acts' },
  { route: '/review/cases/:id/assign', fields: { to: '김운영' }, viewer: 'refused', does: 'acts' },
  // What approvers do with an approval that stands is tried in together.system.test.ts.
  ...[
    { route: '/review/approvals/:id/approve', fields: {} },
    { route: '/review/approvals/:id/return', fields: { reason: 'no' } },
  ].map((form) => ({ ...form, viewer: 'refused', does: 'shows', of: noApproval, status: 409 }) as const),
];

/** They ask for no role, or make the session itself; files have a test of their own, in upload.system.test.ts. */
const names = ['sign-in', 'sign-out', 'sign-out-everywhere', 'language', 'upload', 'upload/:id/send'];
const others = names.map((name) => `/review/${name}`);

async function served() {
  return openServer(redis, { env: await operatorsEnv() });
}

test('each form of the desk stands in this table', async () => {
  const { system } = await served();
  const app = await createApp(system, {});
  await app.ready();
  const tree = app.printRoutes({ commonPrefix: false });
  await app.close();
  const posted = postedIn(tree).filter((route) => route.startsWith('/review'));
  expect(posted.sort()).toEqual([...forms.map(({ route }) => route), ...others].sort());
});

/** Of the tree that Fastify prints: four columns are a level, and each line has its part of the address. */
function postedIn(tree: string): string[] {
  const parts: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^(.*?)── (\S+)(?: \((.*)\))?$/.exec(line) ?? [];
    parts.splice(Math.floor(indent.length / 4), parts.length, part);
    return methods.includes('POST') ? [`/${parts.join('').replace(/^\//, '')}`] : [];
  });
}

/** Everything that an act would change, and what people did. */
async function stateOf({ system }: Served, id: RefundId) {
  const stored = await system.ledger.read(id);
  const { items } = await system.ledger.actions({ answer: 'done', limit: 50 });
  const done = items.map(({ what }) => what).filter((what) => what !== 'sign_in');
  const bulks = (await system.bulks.recent(10)).map((bulk) => bulk.id);
  const { watching } = await system.ledger.beside(id, system.clock.now());
  const watchers = watching.map(({ who }) => who);
  return { state: stored?.state, version: stored?.version, done, bulks, watchers };
}

test.each(forms)('$route changes nothing without session, token and role', async (form) => {
  const shop = await served();
  const id = await makeCase(shop, { name: 'one', acceptedAt: shop.system.clock.now() });
  const path = form.route.replace(':id', form.of === undefined ? id : await form.of(shop, id));
  const before = await stateOf(shop, id);
  const body = { ...form.fields, version: String(before.version) };
  const reviewer = await signedIn(shop, '김운영', 'act: 처리');
  const viewer = await signedIn(shop, '보기', 'look only');

  expect((await visitor(shop).post(path, body)).status).toBeOneOf([303, 401]);
  for (const token of [null, 'guessed']) {
    const answer = await reviewer.post(path, body, token);
    // A form that is kept is shown again.
    expect([answer.status, answer.location]).toBeOneOf([
      [403, null],
      [303, path.replace(/\/(preview|start|note)$/, '')],
    ]);
  }
  if (form.viewer === 'refused') {
    expect((await viewer.post(path, body)).status).toBe(403);
    const { items } = await shop.system.ledger.actions({ who: '보기', answer: 'refused', limit: 5 });
    expect(items).toMatchObject([{ via: 'desk', rule: 'role' }]);
  }
  expect(await stateOf(shop, id)).toEqual(before);

  const done = await reviewer.post(path, body);
  expect(done.status).toBe(form.status ?? (form.route.endsWith('/preview') ? 200 : 303));
  if (form.does === 'acts') expect(await stateOf(shop, id)).not.toEqual(before);
});

test.each(['replay', 'resolve'])('the page of a %s is for reviewers', async (what) => {
  const shop = await served();
  const id = await makeCase(shop, { name: 'one', acceptedAt: shop.system.clock.now() });
  const viewer = await signedIn(shop, '보기', 'look only');
  expect((await viewer.get(`/review/cases/${id}/${what}`)).status).toBe(403);
  const { items } = await shop.system.ledger.actions({ who: '보기', refundId: id, limit: 5 });
  expect(items).toMatchObject([{ via: 'desk', what, answer: 'refused', rule: 'role' }]);
});
