// A person holds the lane or resumes it: done, and kept as an action. What the command line, the server and the desk call.
import type { ActionKind, Actor } from '../domain/action.ts';
import type { Ledger } from '../domain/ledger.ts';

interface LaneActsDeps {
  readonly ledger: Pick<Ledger, 'recordAction'>;
  readonly lane: {
    status(): Promise<{ readonly person: object | null; readonly credentials: object | null }>;
    hold(
      kind: 'person',
      hold: {
        readonly at: number;
        readonly who: string;
        readonly reason: string;
        readonly fingerprint: null;
      },
    ): Promise<boolean>;
    resume(who: string, reason: string, now: number): Promise<void>;
  };
  readonly now: () => number;
}

export interface LaneActs {
  /** False: a person held it already, and nothing changed. */
  hold(by: Actor, reason: string): Promise<boolean>;
  /** Lifts every hold. False: there was none. */
  resume(by: Actor, reason: string): Promise<boolean>;
}

export function createLaneActs({ ledger, lane, now }: LaneActsDeps): LaneActs {
  async function kept(what: ActionKind, by: Actor & { readonly reason: string }, changed: boolean) {
    await ledger.recordAction({ ...by, at: now(), what, answer: changed ? 'done' : 'unchanged' });
    return changed;
  }

  return {
    async hold({ who, via }, reason) {
      const changed = await lane.hold('person', { at: now(), who, reason, fingerprint: null });
      return kept('lane_hold', { who, via, reason }, changed);
    },
    async resume({ who, via }, reason) {
      const { person, credentials } = await lane.status();
      const changed = person !== null || credentials !== null;
      if (changed) await lane.resume(who, reason, now());
      return kept('lane_resume', { who, via, reason }, changed);
    },
  };
}
