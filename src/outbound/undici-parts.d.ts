// The types of some files of undici, which its package has for its index alone.
declare module 'undici/lib/api/api-request.js' {
  /** The index makes it a method of the pools. */
  const request: import('undici').Dispatcher['request'];
  export = request;
}
declare module 'undici/lib/core/connect.js' {
  const connect: typeof import('undici').buildConnector;
  export = connect;
}
declare module 'undici/lib/core/errors.js' {
  const errors: typeof import('undici').errors;
  export = errors;
}
declare module 'undici/lib/dispatcher/pool.js' {
  const pool: typeof import('undici').Pool;
  export = pool;
}
