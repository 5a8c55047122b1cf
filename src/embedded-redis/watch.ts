// Notices that the Redis of a folder is gone: whoever works on it ends then with a sentence, instead of waiting for ever.
import { isClosed } from './ask.ts';

const everyMs = 1_000;

/** Calls `onGone` once, when nothing has listened there two times in a row. Answers how to stop. */
export function watchServer(url: string, onGone: () => void): () => void {
  const port = Number(new URL(url).port);
  let missed = 0;
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    missed = (await isClosed(port)) ? missed + 1 : 0;
    looking = false;
    if (missed < 2) return;
    clearInterval(timer);
    onGone();
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
