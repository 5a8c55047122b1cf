import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { daysOff } from './print-days-off.ts';

describe("the host's time zone changes nothing", () => {
  const script = fileURLToPath(new URL('./print-days-off.ts', import.meta.url));
  test.each(['America/New_York', 'Asia/Seoul', 'Pacific/Kiritimati', 'America/St_Johns'])(
    '%s',
    (zone) => {
      const printed = execFileSync(process.execPath, ['--import', 'tsx', script, 'print'], {
        encoding: 'utf8',
        env: { ...process.env, TZ: zone },
      });
      expect(JSON.parse(printed)).toEqual(daysOff(2024, 2030));
    },
    20_000,
  );
});
