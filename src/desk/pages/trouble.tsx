// Pages for what cannot be shown: nothing there, not allowed, too old, or nobody answers.
import { OuterPage } from '../parts/layout.tsx';
import { deskName, pageNames, troubles } from '../words/common.ts';
import { type Language, sayIn } from '../words/say.ts';

export function TroublePage({ language, kind }: { language: Language; kind: keyof typeof troubles }) {
  const say = sayIn(language);
  const { title, text } = troubles[kind];
  return (
    <OuterPage language={language} title={`${say(title)} · ${say(deskName)}`} address="/review">
      <h1>{say(title)}</h1>
      <div class="card">
        <p>{say(text)}</p>
        <a href="/review">{say(pageNames.today)}</a>
      </div>
    </OuterPage>
  );
}
