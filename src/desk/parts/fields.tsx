// Fields of forms: a label, the field, and what is wrong with it, tied together for everybody who cannot see them.
import type { ComponentChildren, VNode } from 'preact';
import type { Text } from '../../domain/problem.ts';
import type { Say } from '../words/say.ts';

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly wrong?: Text | undefined;
  readonly say: Say;
}

/** What an input needs to be told by its label, hint and fault. */
export function tied(name: string, { hint, wrong }: { readonly hint?: unknown; readonly wrong?: unknown }) {
  const described = [hint === undefined ? '' : `${name}-hint`, wrong === undefined ? '' : `${name}-wrong`];
  const ids = described.filter((id) => id !== '').join(' ');
  return {
    id: name,
    name,
    ...(ids !== '' && { 'aria-describedby': ids }),
    ...(wrong !== undefined && { 'aria-invalid': true }),
  };
}

export function Field({ name, label, hint, wrong, say, children }: FieldProps & { children: VNode }) {
  return (
    <div class="field">
      <label for={name}>{label}</label> {hint !== undefined && <small id={`${name}-hint`}>{hint}</small>}
      {children}
      <WrongLine name={name} wrong={wrong} say={say} />
    </div>
  );
}

export function WrongLine({ name, wrong, say }: Pick<FieldProps, 'name' | 'wrong' | 'say'>) {
  if (wrong === undefined) return null;
  return (
    <p class="wrong" id={`${name}-wrong`}>
      {say(wrong)}
    </p>
  );
}

interface OptionProps {
  readonly name: string;
  readonly value: string;
  readonly chosen: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** Why it cannot be chosen; null: it can. */
  readonly whyNot?: string | null;
  /** Shown while it is chosen. */
  readonly children?: ComponentChildren;
}

/** One of several; one that cannot be chosen says why beside it. */
export function Option({ name, value, chosen, label, hint, whyNot = null, children }: OptionProps) {
  const note = whyNot ?? hint;
  const noteId = `${name}-${value}-note`;
  return (
    <div class="option">
      <label>
        <input
          type="radio"
          {...{ name, value }}
          checked={whyNot === null && chosen === value}
          disabled={whyNot !== null}
          {...(note !== undefined && { 'aria-describedby': noteId })}
        />
        <span>
          {label} {note !== undefined && <small id={noteId}>{note}</small>}
        </span>
      </label>
      {children !== undefined && <div class="more">{children}</div>}
    </div>
  );
}
