// Copies what tsc does not emit (Lua scripts, the desk's style and script) next to the code that reads it, and makes the
// command executable.
import { chmodSync, cpSync } from 'node:fs';

cpSync('src', 'dist/src', {
  recursive: true,
  filter: (path) => !path.includes('.') || /\.(lua|css|js|svg)$/.test(path),
});

chmodSync('dist/src/cli/main.js', 0o755);
