// A signal in the first moments of any command is obeyed, by the program itself: where it is the first process of a
// container, the system would not end it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { folderForTest } from './support.ts';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

const commands = [
  ['worker'],
  ['server'],
  ['start'],
  ['simulator'],
  ['doctor'],
  ['list'],
  ['demo'],
  ['enqueue', '-'],
];

it.each(
  commands.flatMap((words) =>
    (['SIGTERM', 'SIGINT'] as const).map((signal) => [words.join(' '), words, signal] as const),
  ),
)('%s is ended by %3$s while it loads', async (_, words, signal) => {
  // A module that is loaded before the program sends the signal as soon as the first handler is there.
  const preload = `data:text/javascript,const t=setInterval(()=>{if(process.listenerCount('${signal}')===0)return;clearInterval(t);process.kill(process.pid,'${signal}')},1)`;
  const child = spawn(process.execPath, ['--import', preload, main, ...words], {
    cwd: folderForTest(),
    env: { PATH: process.env['PATH'], BOOTPAY_CLIENT_KEY: 'k', BOOTPAY_SECRET_KEY: 's' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const [code, killedBy] = await once(child, 'exit');
  expect([code, killedBy]).toEqual([signal === 'SIGTERM' ? 143 : 130, null]);
});
