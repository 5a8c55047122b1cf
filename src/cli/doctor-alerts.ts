// The `doctor` checks of alerts to people, and the test alert that it sends when asked to.

import { sendTestAlert } from '../alerts/deliver.ts';
import type { System } from '../compose.ts';
import type { Config } from '../config/config.ts';
import { alertHealth } from '../standstills/alerting.ts';
import type { Check } from './doctor-bootpay.ts';
import { momentText } from './print/words.ts';

export async function alertChecks(system: System): Promise<Check[]> {
  const health = await alertHealth(system);
  if (health === null) return [];
  const { kind } = system.config.alerts.receiver ?? { kind: 'json' };
  if (health.failing === null) {
    const last = momentText(health.sentAt);
    return [
      {
        about: 'alerts',
        verdict: 'good',
        en:
          health.sentAt === null ? `To ${kind}; none was sent yet.` : `To ${kind}; the last one at ${last}.`,
        ko: health.sentAt === null ? '아직 보낸 알림이 없어요.' : `마지막 알림 ${last}.`,
      },
    ];
  }
  const { since, tries, reason } = health.failing;
  return [
    {
      about: 'alerts',
      verdict: 'bad',
      en: `People are not told: the webhook has taken none of ${tries} messages since ${momentText(since)} (${reason}). It is tried again; doctor --alert shows at once what it answers.`,
      ko: `${momentText(since)}부터 알림을 보내지 못하고 있어요(${tries}번, ${reason}). 계속 다시 보내요. 바로 확인하려면 doctor --alert를 실행해 주세요.`,
    },
  ];
}

export async function testAlertCheck({ alerts: { receiver } }: Config): Promise<Check> {
  const about = 'test alert';
  if (receiver === null) {
    const en = 'ALERT_WEBHOOK_URL is not set.';
    return { about, verdict: 'bad', en, ko: 'ALERT_WEBHOOK_URL이 설정되지 않았어요.' };
  }
  const answer = await sendTestAlert(receiver);
  const noLinks = receiver.deskUrl === null ? ' Without DESK_URL alerts have no links.' : '';
  if (answer.kind === 'taken') {
    return {
      about,
      verdict: 'good',
      en: `Sent as ${receiver.kind}, answered with ${answer.status}.${noLinks}`,
      ko: `${receiver.kind} 형식으로 보냈고 ${answer.status} 응답을 받았어요.`,
    };
  }
  return {
    about,
    verdict: 'bad',
    en: `Sent as ${receiver.kind}, not taken: ${answer.reason}.`,
    ko: `${receiver.kind} 형식으로 보냈지만 받지 않았어요: ${answer.reason}.`,
  };
}
