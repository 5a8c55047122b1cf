// Sign-in: a name and a password. Why it failed is said only as far as it helps nobody to guess.
import type { Kept } from '../kept-input.ts';
import { OuterPage } from '../parts/layout.tsx';
import { deskName, pageNames, signIn } from '../words/common.ts';
import { type Language, sayIn } from '../words/say.ts';

export type SignInTrouble = 'wrong' | 'slowed' | 'nobody';

interface SignInPageProps {
  readonly language: Language;
  /** A path under /review to go on to. */
  readonly to: string;
  readonly name: string;
  readonly trouble: SignInTrouble | null;
  /** What was typed into a form as the session was over; null: nothing. */
  readonly kept: Kept | null;
}

export function SignInPage({ language, to, name, trouble, kept }: SignInPageProps) {
  const say = sayIn(language);
  return (
    <OuterPage
      language={language}
      title={`${say(pageNames.signIn)} · ${say(deskName)}`}
      address={`/review/sign-in?to=${encodeURIComponent(to)}`}
    >
      <h1>{say(deskName)}</h1>
      <form class="card fields" method="post" action="/review/sign-in">
        <p>{say(signIn.lead)}</p>
        {kept !== null && (
          <p class="odd" role="status">
            {say(signIn.kept)}
          </p>
        )}
        {trouble !== null && (
          <p class="wrong" role="alert">
            {say(signIn[trouble])}
          </p>
        )}
        <input type="hidden" name="to" value={to} />
        {kept !== null && <input type="hidden" name="kept" value={JSON.stringify(kept)} />}
        <label>
          {say(signIn.name)}
          <input name="name" autocomplete="username" required maxLength={60} value={name} />
        </label>
        <label>
          {say(signIn.password)}
          <input name="password" type="password" autocomplete="current-password" required maxLength={1024} />
        </label>
        <button class="main" type="submit">
          {say(signIn.enter)}
        </button>
      </form>
    </OuterPage>
  );
}
