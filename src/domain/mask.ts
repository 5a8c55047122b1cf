// Hides words in a text, however they are written in it: secrets, and the refund accounts of customers.

/**
 * A server may echo what it was sent, and a person may type what nobody is to read. It is found however it is written:
 * with or without blanks and punctuation, in full-width or other forms, composed or not, in either case.
 */
export function maskOf(secrets: readonly string[]): (text: string) => string {
  let masks: readonly ((text: string) => string)[] | undefined;
  return (text) => {
    // Made when there are words to hide something in: most replies have none.
    masks ??= masksOf(secrets);
    return masks.reduce((masked, mask) => mask(masked), text);
  };
}

function masksOf(secrets: readonly string[]): ((text: string) => string)[] {
  const folded = secrets
    .filter((secret) => secret !== '')
    .map((secret) => ({ secret, plain: plainOf(unitsOf(secret)) }));
  // The longest first: one that is a part of another would leave the rest of it.
  folded.sort((one, other) => other.plain.length - one.plain.length);
  return folded.map(
    ({ secret, plain }) =>
      (text) =>
        withoutSpellings(text.replaceAll(secret, hidden), plain),
  );
}

const hidden = '(hidden)';

/** Shorter ones stand in too many words; they are hidden only as they were given. */
const shortestFolded = 2;

interface Unit {
  readonly unit: string;
  /** Where the character that it is made of stands. */
  readonly from: number;
  readonly to: number;
}

/** Letters and digits in their plainest form; everything else is how a secret may be broken up. */
function unitsOf(text: string): Unit[] {
  const units: Unit[] = [];
  let from = 0;
  for (const character of text) {
    const to = from + character.length;
    for (const unit of character.normalize('NFKD').toLowerCase()) {
      if (/[\p{L}\p{N}]/u.test(unit)) units.push({ unit, from, to });
    }
    from = to;
  }
  return units;
}

function plainOf(units: readonly Unit[]): string {
  return units.map(({ unit }) => unit).join('');
}

function withoutSpellings(text: string, secret: string): string {
  if (secret.length < shortestFolded) return text;
  const units = unitsOf(text);
  const folded = plainOf(units);
  let shown = '';
  let end = 0;
  for (let at = folded.indexOf(secret); at >= 0; at = folded.indexOf(secret, at + secret.length)) {
    const [first, last] = [units[at], units[at + secret.length - 1]];
    if (first === undefined || last === undefined) break;
    shown += `${text.slice(end, first.from)}${hidden}`;
    end = last.to;
  }
  return shown + text.slice(end);
}
