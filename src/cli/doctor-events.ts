// The `doctor` checks of outcome events on their way to the webhook.
import type { System } from '../compose.ts';
import { assertNever } from '../domain/errors.ts';
import { type Delivery, type LossKind, readDelivery } from '../outcome-events/set-aside.ts';
import { keysFor } from '../redis/keys.ts';
import type { Check } from './doctor-bootpay.ts';
import { momentText } from './print/words.ts';

export async function eventChecks({ redis, config, clock }: System): Promise<Check[]> {
  const delivery = await readDelivery({ redis, keys: keysFor(config.redis.prefix) });
  const found = [...setAsideCheck(delivery), ...waitingCheck(delivery, clock.now()), ...lostChecks(delivery)];
  if (found.length > 0 || config.events.webhookUrl === null) return found;
  return [
    {
      about: 'events',
      verdict: 'good',
      en: 'The webhook takes what it is sent.',
      ko: '웹훅 전송이 정상이에요.',
    },
  ];
}

function setAsideCheck({ setAside, setAsideSince }: Delivery): Check[] {
  if (setAside === 0) return [];
  const since = momentText(setAsideSince);
  return [
    {
      about: 'events',
      verdict: 'bad',
      en: `${setAside} outcome events are set aside, the first since ${since}: the webhook refused them. See refund-worker events list; send them again with refund-worker events resend.`,
      ko: `웹훅이 거절해 따로 보관한 결과 이벤트가 ${setAside}건 있어요(${since}부터). events list로 확인하고, 고친 뒤 events resend로 다시 보내 주세요.`,
    },
  ];
}

/** An event whose first tries failed is not worth a note yet. */
const soonMs = 60_000;

function waitingCheck({ waiting }: Delivery, now: number): Check[] {
  if (waiting === null || now - waiting.since < soonMs) return [];
  const { count, since, reason } = waiting;
  return [
    {
      about: 'events',
      verdict: 'told',
      en: `${count} outcome events were not taken yet and are tried again, the first since ${momentText(since)} (${reason}).`,
      ko: `아직 전송하지 못해 다시 보내는 결과 이벤트가 ${count}건 있어요(${momentText(since)}부터).`,
    },
  ];
}

function lostChecks({ lost }: Delivery): Check[] {
  return lost.map(({ how, count, at }) => {
    const { en, ko } = lostWords(how);
    const last = momentText(at);
    return {
      about: 'events',
      verdict: 'told',
      en: `${count} outcome events never reached the webhook, the last at ${last}: ${en}.`,
      ko: `웹훅에 보내지 못한 결과 이벤트가 ${count}건 있어요(마지막 ${last}): ${ko}.`,
    };
  });
}

function lostWords(how: LossKind): { readonly en: string; readonly ko: string } {
  switch (how) {
    case 'gone':
      return { en: 'the stream had dropped them before', ko: '보내기 전에 스트림에서 지워졌어요' };
    case 'unreadable':
      return { en: 'they are no CloudEvents', ko: 'CloudEvents 형식이 아니에요' };
    case 'dropped':
      return { en: 'too many were set aside', ko: '보관 한도를 넘어 오래된 것부터 지워졌어요' };
    default:
      return assertNever(how);
  }
}
