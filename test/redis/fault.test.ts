// What a failure says about Redis.
import { expect, it } from 'vitest';
import { redisFault } from '../../src/redis/fault.ts';

function failure(message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), fields);
}
const reply = (message: string) => failure(message, { name: 'ReplyError' });

it.each([
  ['a connection that is refused', failure('', { code: 'ECONNREFUSED', syscall: 'connect' }), 'away'],
  ['a connection that cannot be made', failure('', { code: 'EPERM', syscall: 'connect' }), 'away'],
  ['a connection that broke off', failure('read ECONNRESET', { code: 'ECONNRESET' }), 'away'],
  ['retries used up', failure('Reached the max', { name: 'MaxRetriesPerRequestError' }), 'away'],
  ['a closed connection', failure('Connection is closed.'), 'away'],
  ['silence', failure('Command timed out'), 'away'],
  ['sentinels that are gone', failure('All sentinels are unreachable. Retrying'), 'away'],
  ['a primary that became a replica', reply("READONLY You can't write against a replica"), 'read_only'],
  ['the same in a script', reply('ERR Error running script: -READONLY You can not write'), 'read_only'],
  ['a server that loads its data', reply('LOADING Redis is loading the dataset in memory'), 'unusable'],
  ['a wrong password', reply('WRONGPASS invalid username-password pair'), 'denied'],
  ['no password', reply('NOAUTH Authentication required.'), 'denied'],
  [
    'a right that is missing',
    reply("NOPERM this user has no permissions to run the 'info' command"),
    'denied',
  ],
  [
    'one missing inside a script',
    reply("ERR The user executing the script can't run this command"),
    'denied',
  ],
  ['too many clients', reply('ERR max number of clients reached'), 'denied'],
  ['a database that is not there', reply('ERR DB index is out of range'), 'denied'],
  ['a command that was taken away', reply("ERR unknown command 'EVALSHA'"), 'denied'],
  ['a certificate that ended', failure('certificate has expired', { code: 'CERT_HAS_EXPIRED' }), 'denied'],
  [
    'nodes of a cluster that refuse the password',
    failure('Failed to refresh slots cache.', { lastNodeError: reply('WRONGPASS invalid') }),
    'denied',
  ],
  ['nodes that are gone', failure('Failed to refresh slots cache.', { lastNodeError: null }), 'away'],
  [
    'sentinels that want a password',
    failure('All sentinels are unreachable. Retrying. Last error: NOAUTH Authentication required.'),
    'denied',
  ],
  [
    'sentinels that know no such primary',
    failure('All sentinels are unreachable. Last error: ERR No such master with that name'),
    'denied',
  ],
  [
    'sentinels that are gone, with the reason',
    failure('All sentinels are unreachable. Last error: connect ECONNREFUSED'),
    'away',
  ],
  ['a socket that is silent', failure("Socket timeout. Expecting data, but didn't receive any"), 'away'],
  ['no memory', reply("OOM command not allowed when used memory > 'maxmemory'."), 'full'],
  ['no memory in a script', failure('ERR user_script:1: OOM command not allowed'), 'full'],
  ['a fault in a script', reply('ERR user_script:1: attempt to index nil'), 'refused'],
  ['an answer that is not of Redis', failure('Protocol error, got "H" as reply type byte'), 'denied'],
  ['a failure of ours', failure('unhandled case'), null],
  ['a file that is not there', failure('', { code: 'ENOENT', syscall: 'open' }), null],
  ['no error at all', 'ECONNREFUSED', null],
] as const)('%s', (_name, error, fault) => {
  expect(redisFault(error)).toBe(fault);
});
