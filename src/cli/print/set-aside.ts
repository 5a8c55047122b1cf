// Outcome events that the webhook refused too often: a table, or one JSON line each.
import type { SetAsideEvent } from '../../outcome-events/set-aside.ts';
import { isoOrNull } from '../../review/record-view.ts';
import type { Io } from '../io.ts';
import { tableText } from './table.ts';
import { momentText } from './words.ts';

export async function printSetAside(
  io: Io,
  events: readonly SetAsideEvent[],
  { json: asJson }: { readonly json: boolean },
): Promise<void> {
  if (asJson) {
    for (const one of events) await io.out(JSON.stringify(viewOf(one)));
    return;
  }
  if (events.length === 0) return io.note('Nothing is set aside. 따로 보관한 이벤트가 없어요.');
  const titles = ['event', 'type', 'answer', 'tries', 'first tried', 'set aside'];
  const rows = events.map(({ id, type, about }) => [
    id,
    type ?? '-',
    about?.reason ?? '-',
    String(about?.tries ?? '-'),
    momentText(about?.since ?? null),
    momentText(about?.at ?? null),
  ]);
  await io.out(
    tableText(
      io,
      titles.map((title) => ({ title })),
      rows,
    ),
  );
}

function viewOf({ id, type, subject, about }: SetAsideEvent) {
  return {
    event_id: id,
    type,
    subject,
    http_status: about?.status ?? null,
    reason: about?.reason ?? null,
    tries: about?.tries ?? null,
    first_tried_at: isoOrNull(about?.since),
    set_aside_at: isoOrNull(about?.at),
  };
}
