// `dead-letters`: the review of cases from a terminal.
import { defineGroup } from '../command.ts';
import { listCases } from './dead-letters/list.ts';
import { replay } from './dead-letters/replay.ts';
import { replayMany } from './dead-letters/replay-many.ts';
import { resolve } from './dead-letters/resolve.ts';
import { show } from './dead-letters/show.ts';

export const deadLetters = defineGroup({
  name: 'dead-letters',
  says: { en: 'Review refunds that wait for a person.', ko: '사람의 판단을 기다리는 환불을 검토해요.' },
  examples: ['dead-letters list', 'dead-letters show rf_abcdefghijklmnopqrstuvwxyz'],
  commands: [listCases, show, replay, resolve, replayMany],
});
