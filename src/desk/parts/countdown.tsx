// How long until something can be done: counted down by the page's script, which then enables what waits for it.
import { acts, waitText } from '../words/acts.ts';
import type { Say } from '../words/say.ts';

export function Countdown({ ms, say }: { ms: number; say: Say }) {
  return (
    <b
      class="countdown"
      role="timer"
      data-countdown={ms}
      data-minute={say({ ko: '분', en: 'min' })}
      data-second={say({ ko: '초 남았어요', en: 's left' })}
      data-ready={say(acts.ready)}
    >
      {say(waitText(ms))}
    </b>
  );
}
