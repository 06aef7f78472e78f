import { describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { silentLog } from '../log.ts';
import { createKafkaClient } from './client.ts';

describe('writing to Kafka', () => {
  it('gives up what is under way at once, resets its connections, and opens none for it again', async () => {
    // A broker that is there and never answers.
    const connections: { readonly socket: Socket; ended: string | undefined }[] = [];
    let onConnection: () => void = () => undefined;
    let onEnd: () => void = () => undefined;
    const server = createServer((socket) => {
      const connection: (typeof connections)[number] = { socket, ended: undefined };
      connections.push(connection);
      socket.on('data', () => onConnection());
      socket.on('error', (error: NodeJS.ErrnoException) => (connection.ended = error.code));
      socket.on('close', () => {
        connection.ended ??= 'in order';
        onEnd();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = createKafkaClient({ brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`], clientId: 'test', log: silentLog });
    try {
      const asked = new Promise<void>((resolve) => (onConnection = resolve));
      const ended = new Promise<void>((resolve) => (onEnd = resolve));
      const sent = client.send([{ topic: 'assets', partition: 0, key: 'OM', value: '{}' }]);
      const failed = expect(sent).rejects.toMatchObject({ code: 'bus-failed' });
      await asked;
      client.abandon();
      await failed;
      await ended;
      // Longer than the waits of the client library between its own tries.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(connections.map(({ ended: how }) => how)).toEqual(['ECONNRESET']);
      // The next writer is another one.
      const again = new Promise<void>((resolve) => (onConnection = resolve));
      const next = expect(client.send([{ topic: 'assets', partition: 0, key: 'OM', value: '{}' }])).rejects.toMatchObject({ code: 'bus-failed' });
      await again;
      expect(connections).toHaveLength(2);
      client.abandon();
      await next;
    } finally {
      await client.close();
      for (const { socket } of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
