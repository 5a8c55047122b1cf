// `demo`: runs the whole system on this machine, from sample events to a table of how each of them ended.
import { wholeNumber } from '../../config/limits.ts';
import { defineCommand } from '../command.ts';
import { anyText } from '../limits.ts';
import { flag, json, optional } from '../options.ts';

export const demo = defineCommand({
  name: 'demo',
  description: {
    en: 'Everything at once on this machine: own Redis, simulator, worker, server, sample events.',
    ko: '이 컴퓨터에서 전부 실행해 봐요: 자체 Redis, 시뮬레이터, 작업자, 서버, 예제 이벤트.',
  },
  options: {
    keep: flag('--keep', {
      en: 'Leave it running and print the addresses.',
      ko: '끝난 뒤에도 계속 실행하고 주소를 알려줘요.',
    }),
    port: optional(
      '--port <port>',
      { en: 'Of the HTTP server; any free one when absent.', ko: 'HTTP 서버 포트. 생략하면 빈 포트.' },
      wholeNumber(0, 65_535),
    ),
    samples: optional(
      '--samples <folder>',
      { en: 'Other sample files than those of the package.', ko: '다른 예제 파일 폴더.' },
      anyText(4_096),
    ),
    json,
  },
  examples: ['demo', 'demo --keep'],
  async run(io, input) {
    // Loaded here: it brings simulator, worker and server with it.
    const { runDemo } = await import('../run-demo.ts');
    return runDemo(io, input);
  },
});
