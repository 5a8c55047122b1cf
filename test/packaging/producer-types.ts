// Held by the compiler: the types that packages/producer is published with are those of src/producer.
import type * as published from '../../packages/producer/index.d.ts';
import type * as own from '../../src/producer/index.ts';

/** Two types are one when a function over either is a function over the other. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The same, member by member: `type` and `interface` name one thing. */
type Flat<T> = T extends (...args: never) => unknown ? T : { [Key in keyof T]: Flat<T[Key]> };

export const typesAgree: readonly [
  Same<Flat<published.CancellationEventInput>, Flat<own.CancellationEventInput>>,
  Same<Flat<published.RefundAccount>, Flat<own.RefundAccount>>,
  Same<Flat<published.DataKey>, Flat<own.DataKey>>,
  Same<Flat<published.Problem>, Flat<own.Problem>>,
  Same<Flat<published.EnqueueResult>, Flat<own.EnqueueResult>>,
  Same<Flat<published.RefundProducerOptions>, Flat<own.RefundProducerOptions>>,
  Same<keyof published.RefundProducer, keyof own.RefundProducer>,
  Same<keyof typeof published, keyof typeof own>,
] = [true, true, true, true, true, true, true, true];

/** Methods are compared by use, each way. */
export const makers = (
  mine: typeof own.createRefundProducer,
  theirs: typeof published.createRefundProducer,
): readonly [typeof published.createRefundProducer, typeof own.createRefundProducer] => [mine, theirs];
