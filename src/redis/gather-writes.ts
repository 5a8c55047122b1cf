// Gathers the commands of one turn of the event loop into one write to the socket.
import type { Duplex } from 'node:stream';
import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './connection.ts';

/**
 * A busy worker sends some fifteen commands in a turn, and a system call for each costs about as much as making the
 * command. They leave before the event loop waits again, in the order in which they were sent, and a socket that breaks
 * takes them with it like every other command without an answer.
 */
export function gatherWrites(redis: RedisClient): void {
  if (redis instanceof Cluster) redis.on('+node', gatherWritesOf);
  else gatherWritesOf(redis);
}

function gatherWritesOf(redis: Redis): void {
  const sendCommand = redis.sendCommand.bind(redis);
  let corked: Duplex | null = null;
  redis.sendCommand = (command, stream) => {
    // Each reconnect brings another socket. Before it is ready, the handshake goes out unchanged.
    if (redis.status === 'ready' && redis.stream !== corked) cork(redis.stream);
    return sendCommand(command, stream);
  };

  function cork(socket: Duplex): void {
    corked = socket;
    socket.cork();
    setImmediate(() => {
      if (corked === socket) corked = null;
      socket.uncork();
    });
  }
}
