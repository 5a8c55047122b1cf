// The body of a refund that has ended, as it is kept for years: zlib with a dictionary, a fifth of its JSON or less.
import { deflateSync, inflateSync } from 'node:zlib';

/**
 * What most bodies have in common, the commonest last. Records of past years are read with it: it is never changed. A
 * better one gets a mark of its own, and this one stays.
 */
const first = Buffer.from(
  [
    '"resolution":{"outcome":"not_to_be_refunded","outcome":"already_refunded","outcome":"refunded_by_hand","evidence":',
    '"deadLetter":{"case":"outcome_unknown","code":"RC_CANCEL_SERVER_ERROR","pgCode":null,"severity":"critical","at":17',
    '"reply":"no_answer","reply":"not_sent","reply":"unreadable","reply":"throttled","reply":"unauthorized","reply":"refused"',
    '"why":"same_day_full"},"why":"not_by_card"},"why":"partial"},"account":"erased","method":"vbank","method":"bank"',
    '"method":"phone","method":"naverpay","method":"payco","method":"kakaopay","funding":"money","funding":"card"',
    '"pg":"\\ub098\\uc774\\uc2a4\\ud398\\uc774\\uba3c\\uce20","\\uace0\\uac1d \\uc694\\uccad\\uc5d0 \\uc758\\ud55c \\ucde8\\uc18c"',
    ',"cancel":{"kind":"full","taxFreeWon":null},"cancel":{"kind":"partial","amountWon":10000,"taxFreeWon":null}',
    '{"schema":1,"refundId":"rf_","source":"orders","eventId":"","orderId":"","receiptId":"","firstCancelId":"rf_',
    '","generation":1,"revision":1,"cancel":{"kind":"partial","amountWon":1000,"taxFreeWon":0},"username":null,',
    '"message":null,"account":"none","occurredAt":17,"acceptedAt":17,"refundBy":17,"deadlineAt":17,"state":"resolved",',
    '"state":"succeeded","version":3,"nextWakeUpAt":null,"attemptsUsed":1,"bulk":false,"acknowledged":false,',
    '"totalsBefore":{"totalWon":0,"taxFreeWon":0,"settledWon":0,"marks":0},"attempts":[{"number":1,"folded":0,"revision":1,"generation":1,',
    '"cancelId":"rf_","cancel":{"kind":"full","taxFreeWon":null},"sentAt":17,"callUntil":17,"totalsBefore":{"totalWon":0,',
    '"taxFreeWon":0,"settledWon":0,"marks":0},"outcome":{"reply":"accepted","code":null,"pgCode":null,"httpStatus":200,"at":17',
    ',"used":true}}],"lastLookUp":{"at":17,"receipt":{"receiptId":"","priceWon":1000,"taxFreeWon":0,"cancelledWon":0,',
    '"cancelledTaxFreeWon":0,"status":1,"currency":"KRW","method":"card","funding":null,"pg":"","purchasedAt":17',
    '},"settledWon":0,"marks":0},"staleSince":null,"settledWon":1000,"deadLetter":null,"resolution":null,"customerNotice":{"required":true,',
    '"why":"after_capture"}}',
  ].join(''),
);
/** By the mark that a text begins with. */
const dictionaries = { 'z1:': first } as const;
const mark = 'z1:';
/** Most bodies are shorter than 4 KiB, and larger tables would only be cleared for nothing each time. */
const options = { dictionary: dictionaries[mark], windowBits: 12, memLevel: 5 } as const;

/** ASCII, as a command takes it. */
export function pack(text: string): string {
  return mark + deflateSync(text, options).toString('base64url');
}

/** Packed with a dictionary that a newer version brought. */
export function isPackedByNewerVersion(text: string): boolean {
  const [begins] = /^z\d{1,4}:/.exec(text) ?? [];
  return begins !== undefined && !(begins in dictionaries);
}

/** The same text when it is not packed; '' when it is broken or was packed with another dictionary. */
export function unpack(text: string): string {
  const known = Object.entries(dictionaries).find(([begins]) => text.startsWith(begins));
  if (known === undefined) return text;
  const [begins, dictionary] = known;
  try {
    return inflateSync(Buffer.from(text.slice(begins.length), 'base64url'), { dictionary }).toString('utf8');
  } catch {
    return '';
  }
}
