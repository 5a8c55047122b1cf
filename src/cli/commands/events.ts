// `events`: lists outcome events that the webhook refused too often, and sends them again.
import type { System } from '../../compose.ts';
import { ConfigError } from '../../domain/errors.ts';
import type { SetAsideEvent } from '../../outcome-events/set-aside.ts';
import { keysFor } from '../../redis/keys.ts';
import { defineCommand, defineGroup, type ExitCode } from '../command.ts';
import type { Io } from '../io.ts';
import { anyText } from '../limits.ts';
import { byPerson, flag, json, optional } from '../options.ts';
import { withSystem } from '../settings.ts';

const list = defineCommand({
  name: 'list',
  description: {
    en: 'Show the outcome events that were set aside, oldest first.',
    ko: '따로 보관한 결과 이벤트를 오래된 것부터 보여줘요.',
  },
  options: { json },
  examples: ['events list', 'events list --json'],
  async run(io, input) {
    const { printSetAside } = await import('../print/set-aside.ts');
    return withSystem(io, async (system) => {
      await printSetAside(io, await allOf(system), input);
      return 0;
    });
  },
});

const resendCommand = defineCommand({
  name: 'resend',
  description: {
    en: 'Send one that was set aside again, or all of them.',
    ko: '따로 보관한 결과 이벤트를 한 건 또는 모두 다시 보내요.',
  },
  arguments: {
    id: optional(
      '[event_id]',
      { en: 'As `events list` shows it.', ko: 'events list에 보이는 이벤트 ID.' },
      anyText(256),
    ),
  },
  options: {
    ...byPerson,
    all: flag('--all', { en: 'All that are set aside now.', ko: '지금 보관 중인 모든 이벤트.' }),
    json,
  },
  examples: [
    'events resend rf_abcdefghijklmnopqrstuvwxyz-5 --as 김민지 --reason "수신 서버 수정"',
    'events resend --all --as 김민지 --reason "수신 서버 수정"',
  ],
  notes: [
    {
      en: 'They go to the end of the stream and are sent like new ones, with the same event id, by which a receiver that took one of them already can tell.',
      ko: '스트림 맨 뒤에 다시 들어가 새 이벤트처럼 전송돼요. 이벤트 ID는 그대로라서 이미 받은 쪽에서 구별할 수 있어요.',
    },
  ],
  async run(io, input) {
    const { id, all, as: who, reason } = input;
    if (all === (id !== undefined))
      throw new ConfigError([
        `<event_id>, --all: expected one of them (둘 중 하나만 필요), got ${all ? 'both' : 'none'}`,
      ]);
    const { resend } = await import('../../outcome-events/set-aside.ts');
    return withSystem(io, async (system) => {
      const { redis, config, clock, ledger } = system;
      const chosen = (await allOf(system)).filter((one) => all || one.id === id);
      const how = { who, reason, at: clock.now() };
      const sent = await resend({ redis, keys: keysFor(config.redis.prefix) }, chosen, how);
      const edits = { events: all ? 'all' : (id ?? '') };
      const answer = chosen.length === 0 ? 'not_found' : 'done';
      await ledger.recordAction({ ...how, via: 'cli', what: 'events_resend', edits, answer });
      return printResent(io, sent, input);
    });
  },
});

export const events = defineGroup({
  name: 'events',
  description: {
    en: 'Outcome events that the webhook refused.',
    ko: '웹훅이 거절한 결과 이벤트를 확인하고 다시 보내요.',
  },
  examples: ['events list', 'events resend --all --as 김민지 --reason "수신 서버 수정"'],
  commands: [list, resendCommand],
});

async function allOf({ redis, config }: System): Promise<SetAsideEvent[]> {
  const { listSetAside } = await import('../../outcome-events/set-aside.ts');
  const found: SetAsideEvent[] = [];
  for await (const one of listSetAside({ redis, keys: keysFor(config.redis.prefix) })) found.push(one);
  return found;
}

async function printResent(
  io: Io,
  sent: readonly SetAsideEvent[],
  { id, json: asJson }: { readonly id: string | undefined; readonly json: boolean },
): Promise<ExitCode> {
  for (const { id: event_id } of sent) {
    await io.out(asJson ? JSON.stringify({ result: 'resent', event_id }) : `${event_id}  resent 다시 보냄`);
  }
  if (sent.length > 0) return 0;
  if (id === undefined) {
    io.note('Nothing is set aside. 따로 보관한 이벤트가 없어요.');
    return 0;
  }
  if (asJson) await io.out(JSON.stringify({ result: 'not_found', event_id: id }));
  io.note(`${id} is not set aside; see refund-worker events list. (보관 중인 이벤트가 아니에요.)`);
  return 1;
}
