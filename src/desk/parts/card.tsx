// A box with a headline: the building stone of every page.
import type { ComponentChildren } from 'preact';

interface CardProps {
  readonly title?: string | undefined;
  /** Red only where money may move twice. */
  readonly tone?: 'plain' | 'info' | 'warn' | 'danger';
  /** Of the element, so that a part of the page can be replaced. */
  readonly id?: string;
  readonly children: ComponentChildren;
}

export function Card({ title, tone = 'plain', id, children }: CardProps) {
  return (
    <section class={`card ${tone}`} {...(id !== undefined && { id })}>
      {title !== undefined && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** Names and values under each other, the values to the right. A row whose value is null is left out. */
export function Facts({ rows }: { rows: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
