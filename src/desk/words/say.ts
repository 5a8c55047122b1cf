// How a page speaks: every text exists in both languages, and a visit has one of them.
import type { Text } from '../../domain/problem.ts';

export const languages = ['ko', 'en'] as const;
export type Language = (typeof languages)[number];

/** The words of a text in the language of this visit. */
export type Say = (text: Text) => string;

export function sayIn(language: Language): Say {
  return (text) => text[language];
}

/** A text that is the same in both languages, such as an id. */
export function same(text: string): Text {
  return { ko: text, en: text };
}

/** Texts put together, each language for itself. */
export function join(texts: readonly Text[], between = ' '): Text {
  return {
    ko: texts.map(({ ko }) => ko).join(between),
    en: texts.map(({ en }) => en).join(between),
  };
}
