// Help: what each state, reason and word means. Made from the tables that the program itself decides by.

import { stateSchema } from '../../domain/states.ts';
import { type CaseReason, caseReasons, type ToldOf } from '../../policies/case-reasons.ts';
import { stateWords } from '../../policies/state-words.ts';
import { casesAddress } from '../case-view.ts';
import { Card } from '../parts/card.tsx';
import { Layout } from '../parts/layout.tsx';
import type { Page } from '../routes.tsx';
import type { Visit } from '../visit.ts';
import { cases } from '../words/cases.ts';
import { pageNames } from '../words/common.ts';
import { glossary, help, keyboard, pgNames, stateMeanings } from '../words/help.ts';

export function helpRoutes(page: Page): void {
  page('/review/help', async (visit) => <HelpPage visit={visit} />);
}

function HelpPage({ visit }: { visit: Visit }) {
  const { say } = visit;
  const states = stateSchema.options.map(
    (state) => [say(stateWords[state]), say(stateMeanings[state])] as const,
  );
  return (
    <Layout visit={visit} title={pageNames.help} here="help">
      <h1>{say(help.title)}</h1>
      <nav class="buttons contents" aria-label={say(help.contents)}>
        {(['states', 'reasons', 'words', 'keys'] as const).map((part) => (
          <a key={part} href={`#${part}`}>
            {say(help[part])}
          </a>
        ))}
      </nav>
      <Card id="states" title={say(help.states)}>
        <Entries entries={states} />
      </Card>
      <Card id="reasons" title={say(help.reasons)}>
        {caseReasons.map((reason) => (
          <Reason key={reason.name} reason={reason} visit={visit} />
        ))}
      </Card>
      <Card id="words" title={say(help.words)}>
        <Entries entries={glossary.map(({ word, means }) => [say(word), say(means)] as const)} />
      </Card>
      <Card id="keys" title={say(help.keys)}>
        <dl class="entries">
          {keyboard.map(({ keys, does }) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{say(does)}</dd>
            </div>
          ))}
        </dl>
      </Card>
    </Layout>
  );
}

function Entries({ entries }: { entries: readonly (readonly [word: string, means: string])[] }) {
  return (
    <dl class="entries">
      {entries.map(([word, means]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{means}</dd>
        </div>
      ))}
    </dl>
  );
}

function Reason({ reason, visit: { say } }: { reason: CaseReason; visit: Visit }) {
  return (
    <article id={`reason-${reason.name}`} class="reason">
      <h3>{say(reason.why)}</h3>
      {reason.told.map((told) => (
        <Told key={`${told.pg} ${told.code} ${told.toDo.en}`} told={told} say={say} />
      ))}
      <a class="quiet" href={casesAddress({ reason: reason.name })}>
        {say(help.open)}
      </a>
    </article>
  );
}

function Told({ told, say }: { told: ToldOf; say: Visit['say'] }) {
  const { code, pg, meaning, toDo, advice } = told;
  return (
    <p>
      <strong>
        {say(cases.toDo)}: {say(toDo)}
      </strong>
      <br />
      {meaning !== null && `${say(meaning)} `}
      {say(advice ?? help.depends)}
      {code !== null && (
        <small class="code">
          {pg !== null && `${say(pgNames[pg])} · `}
          {code}
        </small>
      )}
    </p>
  );
}
