// `lane`: show, hold and resume the lane to Bootpay.
import type { System } from '../../compose.ts';
import { laneView } from '../../queue/lane.ts';
import { defineCommand, defineGroup } from '../command.ts';
import type { Io } from '../io.ts';
import { byPerson, json } from '../options.ts';
import { timeText } from '../print/words.ts';
import { withSystem } from '../settings.ts';

const status = defineCommand({
  name: 'status',
  description: { en: 'Is the lane open? Held by whom?', ko: '열려 있는지, 누가 멈췄는지 보여줘요.' },
  options: { json },
  examples: ['lane status', 'lane status --json'],
  async run(io, input) {
    return withSystem(io, async (system) => {
      await printLane(io, system, input);
      return 0;
    });
  },
});

const hold = defineCommand({
  name: 'hold',
  description: {
    en: 'Send no cancels; look-ups of unknown refunds go on.',
    ko: '취소 전송을 멈춰요. 결과 확인 조회는 계속해요.',
  },
  options: { ...byPerson, json },
  examples: ['lane hold --as 김민지 --reason "PG 점검 02:00~04:00"'],
  async run(io, input) {
    return withSystem(io, async (system) => {
      const { as: who, reason } = input;
      const changed = await system.laneActs.hold({ who, via: 'cli' }, reason);
      await printLane(io, system, { ...input, changed });
      if (!changed) io.note('It was held already; nothing changed. (이미 멈춰 있었어요.)');
      return 0;
    });
  },
});

const resume = defineCommand({
  name: 'resume',
  description: { en: 'Lift every hold.', ko: '모든 멈춤을 풀어요.' },
  options: { ...byPerson, json },
  examples: ['lane resume --as 김민지 --reason "점검 종료"'],
  async run(io, input) {
    return withSystem(io, async (system) => {
      const changed = await system.laneActs.resume({ who: input.as, via: 'cli' }, input.reason);
      await printLane(io, system, { ...input, changed });
      if (!changed) io.note('It was open already; nothing changed. (이미 열려 있었어요.)');
      return 0;
    });
  },
});

export const lane = defineGroup({
  name: 'lane',
  description: { en: 'Hold and resume the lane to Bootpay.', ko: '부트페이로 가는 길을 멈추고 다시 열어요.' },
  examples: ['lane status', 'lane hold --as 김민지 --reason "PG 점검"'],
  commands: [status, hold, resume],
});

async function printLane(
  io: Io,
  system: System,
  { json: asJson, changed }: { readonly json: boolean; readonly changed?: boolean },
): Promise<void> {
  const { held, person, credentials } = laneView(await system.lane.status());
  const { standingOf, standingView } = await import('../../standstills/standing.ts');
  const { waitingText } = await import('../../standstills/words.ts');
  const standing = await standingOf(system);
  if (asJson) {
    return io.out(JSON.stringify({ changed, held, person, credentials, ...standingView(standing) }));
  }
  const { pairsText } = await import('../print/table.ts');
  const { colors } = io;
  const text = (by: typeof person) => (by === null ? null : `${by.who}: ${by.reason} (${timeText(by.at)})`);
  await io.out(
    pairsText(io, [
      ['lane', held ? colors.red('held 멈춤') : colors.green('open 열림')],
      ['by a person', text(person)],
      ['by credentials', text(credentials)],
      ...standing.standstills.map((one): [string, string] => {
        const how = waitingText(one, standing.waiting);
        return [one.cause, `${one.text.ko} ${how.ko}\n${one.text.en} ${how.en}`];
      }),
    ]),
  );
}
