// What we need of undici, by its files: the index loads fetch, caches and web sockets, five times as many modules, into
// each process that starts. The version is pinned.
import request from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import errors from 'undici/lib/core/errors.js';
import Pool from 'undici/lib/dispatcher/pool.js';

export { buildConnector, errors, Pool, request };
