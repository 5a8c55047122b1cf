// The frame of every page: head, navigation, the state of the way to Bootpay, who is here, and the foot.
import type { ComponentChildren } from 'preact';
import { isAtLeast } from '../../domain/people.ts';
import type { Text } from '../../domain/problem.ts';
import { assetAddress } from '../assets.ts';
import type { Visit } from '../visit.ts';
import { common, deskName, pageNames, roleNames, way as wayWords } from '../words/common.ts';
import type { Language } from '../words/say.ts';
import { Badge } from './badge.tsx';

type PageName = 'today' | 'cases' | 'search' | 'bulk' | 'approvals' | 'upload' | 'books' | 'log' | 'help';

const addresses: Readonly<Record<PageName, string>> = {
  today: '/review',
  cases: '/review/cases',
  search: '/review/search',
  bulk: '/review/bulk',
  upload: '/review/upload',
  approvals: '/review/approvals',
  books: '/review/books',
  log: '/review/log',
  help: '/review/help',
};

interface LayoutProps {
  readonly visit: Visit;
  readonly title: Text;
  /** The page of the navigation that this one belongs to. */
  readonly here: PageName | null;
  readonly children: ComponentChildren;
}

export function Layout({ visit, title, here, children }: LayoutProps) {
  const { say } = visit;
  return (
    <Html language={visit.language} title={`${say(title)} · ${say(deskName)}`}>
      <a class="skip" href="#content">
        {say(common.toContent)}
      </a>
      <header class="top">
        <a class="brand" href="/review">
          {say(deskName)}
        </a>
        <nav aria-label={say(common.navigation)}>
          {pagesOf(visit).map(([name, address]) => (
            <a key={name} href={address} aria-current={name === here ? 'page' : undefined}>
              {say(pageNames[name as PageName])}
              <Count of={countOf(name, visit)} />
            </a>
          ))}
        </nav>
        <section class="who" aria-label={say(common.account)}>
          <WayBadge visit={visit} />
          <LanguageSwitch visit={visit} />
          <span class="name">
            {visit.person.name} · {say(roleNames[visit.person.role])}
          </span>
          {!visit.isLocal && (
            <>
              <SignOut action="/review/sign-out" name={common.signOut} visit={visit} />
              <SignOut action="/review/sign-out-everywhere" name={common.signOutEverywhere} visit={visit} />
            </>
          )}
        </section>
      </header>
      {visit.isLocal && <p class="notice">{say(common.isLocal)}</p>}
      <main id="content">{children}</main>
      <footer>{say(common.footer)}</footer>
    </Html>
  );
}

/** Approvals where two people decide, files for those who may send them. */
function pagesOf({ openApprovals, person }: Visit): [string, string][] {
  const hidden = [
    ...(openApprovals === null ? ['approvals'] : []),
    ...(isAtLeast(person.role, 'reviewer') ? [] : ['upload']),
  ];
  return Object.entries(addresses).filter(([name]) => !hidden.includes(name));
}

function countOf(name: string, { openCases, openApprovals }: Visit): number {
  if (name === 'cases') return openCases;
  return name === 'approvals' ? (openApprovals ?? 0) : 0;
}

function Count({ of }: { of: number }) {
  return of > 0 ? <span class="count">{of}</span> : null;
}

/** The document itself, also of pages that nobody is signed in for. */
function Html({
  language,
  title,
  children,
}: {
  language: Language;
  title: string;
  children: ComponentChildren;
}) {
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content='{"includeIndicatorCSS":false}' />
        <title>{title}</title>
        <link rel="icon" href={assetAddress('desk.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={assetAddress('desk.css')} />
        <script src={assetAddress('htmx.min.js')} defer />
        <script src={assetAddress('desk.js')} defer />
      </head>
      <body>{children}</body>
    </html>
  );
}

function WayBadge({ visit: { way, say } }: { visit: Visit }) {
  if (way.standstills.length > 0) return <Badge tone="bad">{say(wayWords.stands)}</Badge>;
  if (way.heldBy !== null) return <Badge tone="warn">{say(wayWords.held)}</Badge>;
  return <Badge tone="good">{say(wayWords.open)}</Badge>;
}

function SignOut({ action, name, visit }: { action: string; name: Text; visit: Visit }) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="_csrf" value={visit.csrf} />
      <button class="link" type="submit">
        {visit.say(name)}
      </button>
    </form>
  );
}

/** Comes back to the page it was pressed on. */
function LanguageSwitch({ visit }: { visit: Pick<Visit, 'language' | 'address'> }) {
  const other = visit.language === 'ko' ? 'en' : 'ko';
  return (
    <form method="post" action="/review/language">
      <input type="hidden" name="language" value={other} />
      <input type="hidden" name="back" value={visit.address} />
      <button class="link" type="submit" lang={other}>
        {other === 'en' ? 'English' : '한국어'}
      </button>
    </form>
  );
}

/** The bare page of sign-in, which belongs to nobody yet. */
export function OuterPage({
  language,
  title,
  address,
  children,
}: {
  language: Language;
  title: string;
  address: string;
  children: ComponentChildren;
}) {
  return (
    <Html language={language} title={title}>
      <main id="content" class="outer">
        {children}
        <LanguageSwitch visit={{ language, address }} />
      </main>
    </Html>
  );
}
