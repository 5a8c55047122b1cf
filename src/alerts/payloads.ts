// One message as each kind of chat takes it.
// Slack: docs.slack.dev, incoming webhooks ({text}; &, < and > are markup). KakaoWork: incoming webhook of a bot ({text}).
// JANDI: support.jandi.com, "Receiving Incoming Webhooks" (header Accept; body, connectColor, connectInfo). Dooray:
// incoming hook of a messenger ({botName, text}).
import { assertNever } from '../domain/errors.ts';
import type { Post } from '../outbound/poster.ts';
import type { AlertLine } from '../policies/alert-words.ts';
import type { AlertMessage } from '../policies/alerts.ts';
import type { AlertReceiver } from './ports.ts';

const title = { ko: '[환불 데스크]', en: '[Refund desk]' } as const;
const botName = { ko: '환불 데스크', en: 'Refund desk' } as const;
const red = '#D64545';
const yellow = '#FAC11B';

export function postOf(message: AlertMessage, receiver: AlertReceiver): Post {
  const { kind, language } = receiver;
  const lines = shownLines(message, receiver);
  switch (kind) {
    case 'slack':
      return post({ text: escaped(textOf(lines, language)) });
    case 'kakaowork':
      return post({ text: textOf(lines, language) });
    case 'dooray':
      return post({ botName: botName[language], text: textOf(lines, language) });
    case 'jandi':
      return post(jandiBody(lines, { message, receiver }), {
        accept: 'application/vnd.tosslab.jandi-v2+json',
      });
    case 'json':
      return post({
        source: 'bootpay-refund-worker',
        critical: message.critical,
        text: textOf(lines, language),
        alerts: message.lines.map((line) => ({
          kind: line.kind,
          critical: line.critical,
          text: line.text,
          url: linkOf(line, receiver),
          ...line.data,
        })),
      });
    default:
      return assertNever(kind);
  }
}

interface ShownLine {
  readonly text: string;
  /** null: no link. */
  readonly url: string | null;
}

function shownLines({ lines }: AlertMessage, receiver: AlertReceiver): ShownLine[] {
  return lines.map((line) => ({ text: line.text[receiver.language], url: linkOf(line, receiver) }));
}

function linkOf({ path }: Pick<AlertLine, 'path'>, { deskUrl }: AlertReceiver): string | null {
  return deskUrl === null ? null : deskUrl + path;
}

function textOf(lines: readonly ShownLine[], language: AlertReceiver['language']): string {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return `${title[language]} ${withLink(only)}`;
  return [title[language], ...lines.map((line) => `- ${withLink(line)}`)].join('\n');
}

function withLink({ text, url }: ShownLine): string {
  return url === null ? text : `${text} · ${url}`;
}

/** Brackets would begin a link there. */
function jandiBody(
  lines: readonly ShownLine[],
  { message, receiver }: { readonly message: AlertMessage; readonly receiver: AlertReceiver },
) {
  const plain = (text: string) => text.replaceAll('[', '(').replaceAll(']', ')');
  const [first, ...rest] = lines;
  return {
    body: `${botName[receiver.language]}: ${first === undefined ? '' : plain(withLink(first))}`,
    connectColor: message.critical ? red : yellow,
    ...(rest.length > 0 && {
      connectInfo: rest.map(({ text, url }) => ({
        title: plain(text),
        ...(url !== null && { description: url }),
      })),
    }),
  };
}

/** Such as `<!channel>` in the id of an order, which would call everybody. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function post(body: object, headers: Readonly<Record<string, string>> = {}): Post {
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'accept-encoding': 'identity',
      'user-agent': 'bootpay-refund-worker',
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
