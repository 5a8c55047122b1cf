// Copies what tsc does not emit (Lua scripts) next to the code that reads it.
import { cpSync } from 'node:fs';

cpSync('src', 'dist/src', {
  recursive: true,
  filter: (path) => !path.includes('.') || path.endsWith('.lua'),
});
