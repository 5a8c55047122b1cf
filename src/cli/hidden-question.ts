// Asks a question on a terminal and shows no key that is typed.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** undefined: ended with Ctrl-C or Ctrl-D. */
export function askHidden(
  stdin: NodeJS.ReadStream,
  prompt: string,
  show: (text: string) => void,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    // As a terminal: keys such as backspace work, and the system echoes nothing from here on.
    const lines = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
    let answer: string | undefined;
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      show('\n');
      resolve(answer);
    });
    show(prompt);
  });
}
