// An id: shortened in the middle, whole on hover and in print, copied by a click.
import type { Visit } from '../visit.ts';
import { common } from '../words/common.ts';

const longest = 18;

export function Id({ value, visit: { say } }: { value: string; visit: Pick<Visit, 'say'> }) {
  const letters = [...value];
  const short =
    letters.length > longest ? `${letters.slice(0, 9).join('')}…${letters.slice(-6).join('')}` : value;
  const title = `${value} (${say(common.copy)})`;
  return (
    <button class="id" type="button" title={title} data-copy={value} data-copied={say(common.copied)}>
      <span class="short">{short}</span>
      <span class="whole">{value}</span>
    </button>
  );
}
