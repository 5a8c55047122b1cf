// What every connection is watched for: the reason of a failure is told in full, no command runs in another database than
// the address names, and a user without the right to INFO can work.
import { Cluster, type Redis } from 'ioredis';
import { redisFault, withReason } from './fault.ts';

type Client = Redis | Cluster;

/** After a primary that cannot be reached the sentinels count as used up, and none of them had an error. */
const bareOfReason = /^All sentinels are unreachable(?!.* Last error: )/;

/** Also for the connections that BullMQ copies from it; their errors it reports itself. */
export function guardConnection(redis: Client, onError: (error: Error) => void): void {
  let last = '';
  redis.on('error', (error: Error) => {
    const isBare = bareOfReason.test(error.message);
    if (!isBare) last = error.message;
    onError(isBare && last !== '' ? new Error(`${error.message} Last error: ${last}`) : withReason(error));
  });
  // A node of a cluster that is silent or says no ends without an error of the cluster itself.
  redis.on('node error', (error: Error) => {
    if (/^Socket timeout/.test(error.message) || redisFault(error) === 'denied') onError(withReason(error));
  });
  guard(redis);
}

function guard(redis: Client): void {
  answerInfo(redis);
  if (redis instanceof Cluster) hearNodes(redis);
  else keepDatabase(redis);
  const duplicate: (...options: never[]) => Client = redis.duplicate.bind(redis);
  Object.assign(redis, {
    duplicate(...options: never[]) {
      const copy = duplicate(...options);
      guard(copy);
      return copy;
    },
  });
}

/** A cluster asks its nodes by copies of their connections, and of these it says only that they are closed. */
function hearNodes(cluster: Cluster): void {
  let heard: Error | null = null;
  cluster.on('+node', (node: Redis) => {
    answerInfo(node);
    const duplicate: (...options: never[]) => Redis = node.duplicate.bind(node);
    Object.assign(node, {
      duplicate(...options: never[]) {
        const copy = duplicate(...options);
        answerInfo(copy);
        return copy.on('error', (error: Error) => {
          heard = error;
        });
      },
    });
  });
  cluster.prependListener('error', (error: Error) => {
    const said = 'lastNodeError' in error ? error.lastNodeError : null;
    const isClosed = said instanceof Error && said.message.startsWith('Connection is closed');
    if (isClosed && heard !== null) Object.assign(error, { lastNodeError: heard });
  });
}

/** After SELECT was refused the client goes on in database 0, which may be the queue of another system. */
function keepDatabase(redis: Redis): void {
  let wasReady = false;
  redis.on('ready', () => {
    wasReady = true;
  });
  redis.on('error', (error: Error) => {
    const command: unknown = 'command' in error ? error.command : null;
    const isSelect =
      typeof command === 'object' && command !== null && Reflect.get(command, 'name') === 'select';
    // Before its commands are sent: they wait until the handshake is over.
    if (isSelect) redis.disconnect(wasReady || /^ERR max number of clients/.test(error.message));
  });
}

/** For BullMQ and for the client itself, which ask for no section: the oldest version that we work with. */
const leastInfo = 'redis_version:6.2.0\r\n';

function answerInfo(redis: Client): void {
  const info: (...sections: string[]) => Promise<string> = redis.info.bind(redis);
  const infoOrLeast = async (...sections: string[]): Promise<string> => {
    try {
      return await info(...sections);
    } catch (error) {
      const isForbidden = error instanceof Error && error.message.startsWith('NOPERM');
      if (isForbidden && sections.length === 0) return leastInfo;
      throw error;
    }
  };
  Object.assign(redis, {
    info(...given: unknown[]) {
      const callback = given.at(-1);
      const sections = given.filter((one) => typeof one === 'string');
      const answer = infoOrLeast(...sections);
      if (typeof callback !== 'function') return answer;
      return answer.then(
        (text) => void callback(null, text),
        (error: unknown) => void callback(error),
      );
    },
  });
}
