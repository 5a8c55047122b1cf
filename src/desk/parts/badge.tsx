// A short word with a dot and a colour; the word alone says all, the colour only helps.
import type { ComponentChildren } from 'preact';

export type Tone = 'good' | 'bad' | 'plain' | 'warn';

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}
