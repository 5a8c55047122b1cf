#!/usr/bin/env node
// The entry of the program: arguments in, exit code out.
import { explain } from './explain.ts';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

const io = processIo();
// The reader closed the pipe (`refund-worker enqueue - | head -1`): the rest is not done, so this is a failure.
process.stdout.on('error', () => process.exit(1));
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    const { lines } = explain(error, io.env);
    for (const line of lines) io.note(line);
    process.exit(1);
  });
}

const code = await runCli(process.argv.slice(2), io);
process.stdout.write('', () => process.exit(code));
