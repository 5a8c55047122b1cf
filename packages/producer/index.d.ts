// The types that the package is published with. They stand alone; test/packaging/producer-types.ts holds them to
// src/producer.

/** Where the money of a paid virtual account goes: all three parts or none. Personal data. */
export interface RefundAccount {
  bank_account: string;
  bank_username: string;
  bank_code: string;
}

/** Field names as Bootpay writes them. No `cancel_price` means a full cancel. */
export interface CancellationEventInput {
  event_id: string;
  /** Default `orders`. */
  source?: string | undefined;
  order_id: string;
  receipt_id: string;
  /** ISO 8601 with offset. */
  occurred_at?: string | undefined;
  cancel_price?: number | undefined;
  cancel_tax_free?: number | undefined;
  cancel_id?: string | undefined;
  cancel_username?: string | undefined;
  cancel_message?: string | undefined;
  refund?: RefundAccount | undefined;
}

/** Encrypts refund accounts at rest. */
export interface DataKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** One wrong field of an event: what was expected and what came. Values that may be personal are not echoed. */
export interface Problem {
  readonly field: string;
  readonly expected: string;
  readonly expected_ko: string;
  readonly received: string;
}

/** What became of one event. `accepted`: record and job are stored. Nothing of a `refused` one is. */
export interface EnqueueResult {
  readonly result: 'accepted' | 'duplicate' | 'conflict' | 'refused';
  readonly refund_id: string | null;
  readonly cancel_id: string | null;
  readonly state: string | null;
  readonly problems: readonly Problem[];
}

export interface RefundProducerOptions {
  /** Such as `redis://127.0.0.1:6379`, and the forms of REDIS_URL for Sentinel and Cluster; the same Redis as the workers'. */
  readonly redisUrl: string;
  /** REDIS_SENTINEL_USERNAME and REDIS_SENTINEL_PASSWORD of the workers. */
  readonly sentinel?: { readonly username?: string; readonly password?: string };
  /** REDIS_PREFIX of the workers. Default `{refunds}`. */
  readonly prefix?: string;
  /**
   * DATA_KEYS of the workers: 32 bytes each, the first one writes. Needed for events with a refund account;
   * without it they are refused.
   */
  readonly dataKeys?: readonly DataKey[];
  /** RETRY_DEADLINE_MS of the workers, in ms. Default 24 h. */
  readonly retryDeadlineMs?: number;
  /**
   * Hears of a lost connection, which is made again by itself, and at the start of data keys that differ from the
   * workers'. Default: nothing.
   */
  readonly onError?: (error: Error) => void;
}

export interface RefundProducer {
  /**
   * `accepted`: record and job are stored. Bad input and conflicts come back as results, never as errors.
   * @throws when Redis does not answer within seconds: the event may be stored or not; send it again.
   */
  enqueue(event: CancellationEventInput): Promise<EnqueueResult>;
  /** Answers in the order given. */
  enqueueMany(events: readonly CancellationEventInput[]): Promise<EnqueueResult[]>;
  close(): Promise<void>;
}

/** Connects; fails when Redis does not answer, or `redisUrl` is no address. */
export declare function createRefundProducer(options: RefundProducerOptions): Promise<RefundProducer>;
