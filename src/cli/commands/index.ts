// Every command of the program, in the order of its help. A new one gets a line here.
import type { CliCommand } from '../command.ts';
import { deadLetters } from './dead-letters.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { enqueue } from './enqueue.ts';
import { events } from './events.ts';
import { lane } from './lane.ts';
import { list } from './list.ts';
import { operator } from './operator.ts';
import { reconcile } from './reconcile.ts';
import { server, start, worker } from './services.ts';
import { simulator } from './simulator.ts';
import { status } from './status.ts';

export const commands: readonly CliCommand[] = [
  demo,
  start,
  worker,
  server,
  simulator,
  enqueue,
  status,
  list,
  deadLetters,
  lane,
  events,
  reconcile,
  doctor,
  operator,
];
