// One request of a person at the desk: who, in which language, and what every page shows of the state of things.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { System } from '../compose.ts';
import type { Person } from '../domain/people.ts';
import { type Standing, standingOf } from '../standstills/standing.ts';
import { formAddress } from './kept-input.ts';
import type { DeskDeps } from './ports.ts';
import { localPerson, type Sessions } from './sessions.ts';
import type { Proof } from './step-up.ts';
import { type Language, languages, type Say, sayIn } from './words/say.ts';

export interface Visit {
  readonly person: Person;
  /** Nobody signed in: the desk of a machine of one's own. */
  readonly isLocal: boolean;
  readonly language: Language;
  readonly say: Say;
  /** ms; one time for the whole page. */
  readonly now: number;
  /** Goes with every form. */
  readonly csrf: string;
  /** Path and query of this page, to come back to. */
  readonly address: string;
  readonly way: Way;
  readonly openCases: number;
  /** How many acts wait for a second person; null: none can. */
  readonly openApprovals: number | null;
  /** Above it two people decide; null: nowhere. */
  readonly thresholdWon: number | null;
  /** The password was given within the last five minutes, or there is none. */
  readonly isProven: boolean;
  /** Checks it once more. */
  readonly prove: (password: string) => Promise<Proof>;
}

type Holds = Awaited<ReturnType<System['lane']['status']>>;

/** The way to Bootpay: open, held by a person, or standing still for a reason of its own. */
interface Way extends Standing {
  readonly heldBy: Holds['person'];
}

export const languageCookie = 'desk_language';

export function languageOf(request: FastifyRequest): Language {
  const wanted = request.cookies[languageCookie];
  return languages.find((language) => language === wanted) ?? 'ko';
}

/** null: nobody is signed in. */
export async function visitOf(
  { deps, sessions }: { deps: DeskDeps; sessions: Sessions },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visit | null> {
  const { system, isLocal } = deps;
  const person = isLocal ? localPerson : await sessions.personOf(request);
  if (person === null) return null;
  const language = languageOf(request);
  const [way, { byState }, openApprovals] = await Promise.all([
    readWay(system),
    system.ledger.counts(),
    openApprovalsOf(system),
  ]);
  return {
    person,
    isLocal,
    language,
    say: sayIn(language),
    now: system.clock.now(),
    csrf: reply.generateCsrf(),
    // Of a form that was sent, its page: an act is no address to come back to.
    address: request.method === 'POST' ? formAddress(request) : request.url,
    way,
    openCases: byState.dead_lettered,
    openApprovals,
    thresholdWon: system.config.approvalThresholdWon,
    isProven: isLocal || sessions.isProven(request),
    prove: (password) => prove({ deps, sessions, name: person.name }, request, password),
  };
}

async function readWay(system: System): Promise<Way> {
  const [standing, holds] = await Promise.all([standingOf(system), system.lane.status()]);
  return { ...standing, heldBy: holds.person };
}

async function openApprovalsOf({ approvals, config }: System): Promise<number | null> {
  const kept = await approvals.list();
  if (kept.length === 0 && config.approvalThresholdWon === null) return null;
  return kept.filter(({ standing }) => standing.kind === 'open').length;
}

async function prove(
  { deps, sessions, name }: { deps: DeskDeps; sessions: Sessions; name: string },
  request: FastifyRequest,
  password: string,
): Promise<Proof> {
  const found = await deps.checkSignIn({ name, password, ...deps.addressOf(request) });
  if (found.kind === 'wrong') return 'wrong';
  if (found.kind !== 'operator') return 'slowed';
  sessions.noteProof(request);
  return 'given';
}
