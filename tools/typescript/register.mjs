// `node --import ./tools/typescript/register.mjs`: runs our TypeScript as `tsc` would write it. tsx gives every function
// its name with a call, each time one is made: where time is measured, or a million histories are played, that counts.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
