// What the log says of connections that fail: once when it begins, once when it ends.
import { expect, it } from 'vitest';
import { createRedisTrouble } from '../../src/redis/trouble.ts';

function noted() {
  const lines: [event: string, fields: object][] = [];
  let now = 0;
  const write = (fields: object, event: string) => void lines.push([event, fields]);
  const trouble = createRedisTrouble({ info: write, warn: write }, () => now);
  return {
    ...trouble,
    lines,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const refused = (port: number) => new Error(`connect ECONNREFUSED 127.0.0.1:${port}`);
const wrongPassword = Object.assign(new Error('WRONGPASS invalid'), { name: 'ReplyError' });

it('the same words are said once a minute, other words at once', () => {
  const { note, lines, pass } = noted();
  for (let second = 0; second < 90; second += 1) {
    note(refused(6_379));
    pass(1_000);
  }
  note(wrongPassword);
  expect(lines.map(([, fields]) => fields)).toMatchObject([
    { error: 'connect ECONNREFUSED 127.0.0.1:6379' },
    { error: 'connect ECONNREFUSED 127.0.0.1:6379' },
    { error: 'WRONGPASS invalid', fault: 'denied' },
  ]);
});

it('connections that break together are one trouble; the next one is said again', () => {
  const { note, over, lines, pass } = noted();
  note(new Error('Connection is closed.'));
  over();
  note(new Error('Connection is closed.'));
  over();
  over();
  pass(6_000);
  note(new Error('Connection is closed.'));
  over();
  expect(lines.map(([event]) => event)).toEqual([
    'redis_error',
    'redis_answers',
    'redis_error',
    'redis_answers',
  ]);
});

it('what is wrong now is known until a connection is ready', () => {
  const { note, over, current } = noted();
  expect(current()).toBe(null);
  note(wrongPassword);
  expect(current()).toEqual({ fault: 'denied', error: 'WRONGPASS invalid' });
  over();
  expect(current()).toBe(null);
});

it('an error of several addresses is said in the words of the first', () => {
  const { note, lines } = noted();
  note(new AggregateError([refused(1), refused(2)], ''));
  note('something else');
  expect(lines.map(([, fields]) => fields)).toMatchObject([
    { error: 'connect ECONNREFUSED 127.0.0.1:1' },
    { error: 'unknown' },
  ]);
});

it('the last node of a cluster is heard', () => {
  const { note, lines } = noted();
  const lastNodeError = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
  note(Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError }));
  expect(lines).toEqual([
    [
      'redis_error',
      { error: 'Failed to refresh slots cache. Last error: certificate has expired', fault: 'denied' },
    ],
  ]);
});
