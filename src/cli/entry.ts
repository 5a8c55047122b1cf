// Arguments in, exit code out.
import { explain } from './explain.ts';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

const lastWordsMs = 5_000;
const io = processIo();
// The rest is not done, so this is a failure; a command that has to say what it did gets some seconds for that.
io.outputBroken.addEventListener('abort', () => {
  if (io.needsOutput()) setTimeout(() => process.exit(1), lastWordsMs);
});
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    const { lines } = explain(error, io.env);
    for (const line of lines) io.note(line);
    process.exit(1);
  });
}

const code = await runCli(process.argv.slice(2), io);
if (io.outputBroken.aborted && io.needsOutput()) process.exit(1);
if (!io.needsOutput()) setTimeout(() => process.exit(code), 1_000);
process.stdout.write('', () => process.exit(code));
