#!/usr/bin/env node
// The entry of the program. Signals are obeyed from the first moment on, before anything else is loaded: to the first
// process of a container the system sends none that it has no handler for.
import { ownVersion } from './version.ts';

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

for (const [signal, number] of Object.entries(signalNumbers)) {
  process.on(signal, () => {
    // A command that has begun has a handler of its own, and stops in its own way.
    if (process.listenerCount(signal) === 1) process.exit(128 + number);
  });
}

const isVersionAsked = ['-V', '--version'].includes(process.argv[2] ?? '');
// Said without the program: scripts ask for it often.
if (isVersionAsked) console.log(ownVersion());
else await import('./entry.ts');
